import { existsSync } from 'node:fs';
import { type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { onTestFinished, type TestContext } from 'vitest';

const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-background-networking',
];

export interface OfflinePage {
  readonly page: Page;
  /** URLs of requests to anywhere but the origin; they were refused. */
  readonly outside: readonly string[];
  /** What the page threw and what the browser held against it, such as a broken policy. */
  readonly complaints: readonly string[];
}

/**
 * A page of headless Chromium that reaches one origin and nothing else, as without internet. It is
 * closed with the test. Without Chromium the test is skipped and says why.
 */
export const openOfflinePage = async (
  { skip }: Pick<TestContext, 'skip'>,
  origin: string,
  options: BrowserContextOptions = {},
): Promise<OfflinePage> => {
  if (!existsSync(CHROMIUM)) {
    const why = `There is no Chromium at ${CHROMIUM}; CHROMIUM_PATH may name another.`;
    console.warn(why); // the default reporter keeps a skipped test's note to itself
    skip(why);
  }
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  onTestFinished(() => browser.close());
  const page = await browser.newPage(options);
  const outside: string[] = [];
  const complaints: string[] = [];
  const isOutside = (url: URL): boolean => url.origin !== origin && url.protocol !== 'data:';
  await page.route(isOutside, async (route) => {
    outside.push(route.request().url());
    await route.abort();
  });
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  return { page, outside, complaints };
};
