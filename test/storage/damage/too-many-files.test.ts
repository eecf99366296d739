/** A process that may open no more files takes no part for damaged. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import {
  append,
  leftBehind,
  openStore,
  reading,
  rowsOf,
  scanRequest,
} from '../../support/store.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const built = (path: string) =>
  JSON.stringify(fileURLToPath(new URL(`../../../dist/src/storage/${path}`, import.meta.url)));

/** Opens every descriptor that is left while parts are checked, as their bytes and by Polars. */
const SCRIPT = `
  import { closeSync, openSync } from 'node:fs';
  import { checkPart } from ${built('parquet/parts/check-part.js')};
  import pl from 'nodejs-polars';
  import { isSystemError } from ${built('system-error.js')};
  const [path] = process.argv.slice(1);
  const outcome = (act) => act().then((value) => ({ value }), (error) => ({ system: isSystemError(error) }));
  const before = await outcome(() => checkPart({ path }));
  await pl.scanParquet(path).collect();
  const open = [];
  try { for (;;) open.push(openSync('/dev/null')); } catch (error) { if (error.code !== 'EMFILE') throw error; }
  const bytes = await outcome(() => checkPart({ path }));
  const polars = await outcome(async () => (await pl.scanParquet(path).collect()).height);
  for (const fd of open) closeSync(fd);
  const after = await outcome(() => checkPart({ path }));
  process.stdout.write(JSON.stringify({ before, bytes, polars, after }));`;

test.runIf(process.platform === 'linux')('too many open files is not damage', async () => {
  const dataDir = await temporaryFolder();
  const { store } = await openStore(dataDir);
  await append(store, reading('ann', 'a', '2024-01-15T10:00:00Z', 70));
  await store.close();
  const copy = await leftBehind(dataDir);
  const find = spawnSync('find', [copy, '-name', 'part-*.parquet'], { encoding: 'utf8' });
  const path = find.stdout.trim();
  const limited = 'ulimit -n 64 && exec "$@"';
  const node = [process.execPath, '--input-type=module', '-e', SCRIPT, path];
  const run = spawnSync('bash', ['-c', limited, 'bash', ...node], { encoding: 'utf8' });
  expect(run.stderr).toBe('');
  expect(JSON.parse(run.stdout)).toEqual({
    before: { value: {} },
    bytes: { system: true },
    polars: { system: true },
    after: { value: {} },
  });
  const again = await openStore(copy);
  expect(await rowsOf(again.store, scanRequest('ann'))).toHaveLength(1);
  await again.store.close();
});
