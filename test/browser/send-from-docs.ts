import type { Page } from 'playwright-core';
import { expect } from 'vitest';

/** Sends the reading of the contract's example from the documentation, which is shown. */
export const sendFromDocs = async (page: Page, base: string): Promise<void> => {
  const tryIt = page.getByRole('button', { name: /Test Request.*post \/metrics\/heart-rate\)/ });
  await tryIt.first().click();
  const dialog = page.getByRole('dialog');
  const answered = page.waitForResponse((response) => response.request().method() === 'POST');
  await dialog.getByRole('button', { name: /request to/i }).click();
  const answer = await answered;
  expect([answer.url(), answer.status()]).toEqual([`${base}metrics/heart-rate`, 200]);
  await dialog.getByText('200 OK').waitFor();
  await dialog.getByText('"accepted"').first().waitFor();
};
