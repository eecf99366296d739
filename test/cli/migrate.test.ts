import { join } from 'node:path';
import { expect, it } from 'vitest';
import { migrate } from '../../src/cli/migrate/migrate.ts';
import { migrationProgressLine } from '../../src/cli/migrate/progress-line.ts';
import { NOTHING } from '../../src/migration/move-piece.ts';
import { openStore } from '../support/store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const CLUSTER = 'cassandra://127.0.0.1:1/hr?dc=dc1';

it.each([
  ['a', 'b', /One of --from and --to must be a cluster/],
  [CLUSTER, CLUSTER, /Between clusters/],
  ['/nowhere/data', CLUSTER, /\/nowhere\/data is no data folder/],
  [CLUSTER, '/nowhere/out', /\/nowhere is not there/],
  [CLUSTER, '/', /\/ is there already/],
])('refuses what makes no sense: from %s to %s', async (from, to, why) => {
  await expect(migrate(from, to, {})).rejects.toThrow(why);
  await expect(migrate(from, to, {})).rejects.toMatchObject({ name: 'UsageError' });
});

it('refuses an address that it cannot read', async () => {
  const dataDir = join(await temporaryFolder(), 'data');
  await (await openStore(dataDir)).store.close();
  const one = migrate(dataDir, 'cassandra://127.0.0.1/hr', {});
  await expect(one).rejects.toThrow('STORE must name the data centre');
  await expect(one).rejects.toMatchObject({ name: 'UsageError' });
});

it('shows how far it has come', () => {
  const outcome = { ...NOTHING, readings: 1_234_000 };
  const at = { share: 0.5, resumedAfter: 234_000, elapsedMs: 4_000 };
  expect(migrationProgressLine({ outcome }, at)).toBe(
    '[████████████░░░░░░░░░░░░] 50 %, 1,234,000 readings, 250,000/s',
  );
});
