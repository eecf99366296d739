import type { Page } from 'playwright-core';

/** Fills in the form and sends it; what comes of it is shown. */
export const sendTestReading = async (page: Page, bpm: string): Promise<void> => {
  await page.getByRole('button', { name: 'Send a test reading' }).first().click();
  const dialog = page.getByRole('dialog', { name: 'Send a test reading' });
  await dialog.getByLabel('Heart rate').fill(bpm);
  await dialog.getByRole('button', { name: 'Send' }).click();
};

/** Of the table. */
export const bodyRows = (page: Page) => page.locator('#rows tr');

/** Whether the chart has a pixel of just this colour. */
export const isDrawn = (rgb: readonly number[]): string => `(() => {
  const canvas = document.querySelector('#chart canvas');
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  for (let i = 0; i < data.length; i += 4) {
    if ([data[i], data[i + 1], data[i + 2]].join() === '${rgb.join()}' && data[i + 3] === 255) return true;
  }
  return false;
})()`;
