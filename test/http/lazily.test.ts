import { expect, test, vi } from 'vitest';
import { lazily } from '../../src/http/lazily.ts';

test('it is loaded once, when it is first asked for', async () => {
  const load = vi.fn(async () => 'page');
  const page = lazily(load);
  expect(load).not.toHaveBeenCalled();
  expect(await Promise.all([page(), page()])).toEqual(['page', 'page']);
  expect(await page()).toBe('page');
  expect(load).toHaveBeenCalledTimes(1);
});

test('what could not be loaded is loaded again when it is asked for again', async () => {
  const load = vi.fn(async () => 'page').mockRejectedValueOnce(new Error('no file'));
  const page = lazily(load);
  await expect(page()).rejects.toThrow('no file');
  expect(await page()).toBe('page');
});
