import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { packageFileUrl } from '../../src/package-file.ts';
import { ServiceProcess } from '../crash/service-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const FOLDER = packageFileUrl('deploy/prometheus/');
const textOf = (path: string) => readFile(packageFileUrl(path), 'utf8');
/** Prometheus's own tool, of Debian's package "prometheus". */
const promtool = (args: string[], input = '') =>
  spawnSync('promtool', args, { cwd: fileURLToPath(FOLDER), encoding: 'utf8', input });
const hasPromtool = promtool(['--version']).status === 0;
if (!hasPromtool) console.warn('promtool is not installed: rules and names are not linted');

let asked: string | undefined;
/** What the built service says when it has served a little, with Node's metrics among it. */
const exposedText = async (): Promise<string> => {
  if (asked !== undefined) return asked;
  const service = new ServiceProcess(await temporaryFolder());
  const url = await service.ready();
  await fetch(`${url}/devices`);
  asked = await (await fetch(`${url}/metrics`)).text();
  return asked;
};

interface Metric {
  readonly name: string;
  readonly type: string;
  readonly help: string;
}

const metrics = async (): Promise<Metric[]> => {
  const exposed = await exposedText();
  const types = new Map([...exposed.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map((m) => [m[1], m[2]]));
  return [...exposed.matchAll(/^# HELP (\S+) (.*)$/gm)].map(([, name = '', help = '']) => ({
    name,
    type: types.get(name) ?? '',
    help,
  }));
};

const isOwn = ({ name }: Metric) => !/^(process|nodejs)_/.test(name);

test('each metric is in the table as it is exposed, and the table has no other', async () => {
  const table = await textOf('deploy/prometheus/METRICS.md');
  const rows = [...table.matchAll(/^\| `(\w+)` \| (\w+) \| ([^|]+) \| [^|]*\| (.*) \|$/gm)];
  const documented = rows.map(([, name, type, , help]) => ({ name, type, help }));
  const byName = (a: { name?: string | undefined }, b: { name?: string | undefined }) =>
    String(a.name) < String(b.name) ? -1 : 1;
  expect(documented.sort(byName)).toEqual((await metrics()).filter(isOwn).sort(byName));
  for (const [, name = '', , unit] of rows) {
    const inName = /_(seconds|bytes)(_total)?$/.exec(name)?.[1];
    if (inName !== undefined) expect(unit, name).toBe(inName);
  }
});

test('labels of metrics are those of the table', async () => {
  const table = await textOf('deploy/prometheus/METRICS.md');
  const exposed = await exposedText();
  for (const { name } of (await metrics()).filter(isOwn)) {
    const cell = new RegExp(`^\\| \`${name}\` \\|(?:[^|]*\\|){2} ([^|]*)\\|`, 'm').exec(table)?.[1];
    const documented = [...(cell ?? '').matchAll(/`(\w+)`/g)].map(([, label]) => label);
    const samples = exposed.matchAll(new RegExp(`^${name}(?:_count)?(?:\\{(.*)\\})? `, 'gm'));
    for (const [, labels = ''] of samples) {
      expect([...labels.matchAll(/(\w+)="/g)].map(([, label]) => label).sort()).toEqual(documented);
    }
  }
});

/** The names of metrics in an expression of PromQL. */
const namesIn = (expression: string): string[] =>
  (expression.match(/\b(heart_rate|http|nodejs|process)_\w+/g) ?? []).map((name) =>
    name.replace(/_(bucket|count|sum)$/, ''),
  );

test('alerts and the dashboard ask for metrics that there are', async () => {
  const { groups } = parse(await textOf('deploy/prometheus/alerts.yml'));
  const { panels } = JSON.parse(await textOf('deploy/grafana/heart-rate.json'));
  const alerts = groups.flatMap(({ rules }: { rules: { expr: string }[] }) => rules);
  const targets = panels.flatMap(({ targets: each }: { targets: { expr: string }[] }) => each);
  const known = (await metrics()).map(({ name }) => name);
  for (const { expr } of [...alerts, ...targets]) {
    for (const name of namesIn(expr)) expect(known, expr).toContain(name);
  }
  // What the service tells, somebody can look at.
  const shown = targets.flatMap(({ expr }: { expr: string }) => namesIn(expr));
  expect(shown.length).toBeGreaterThan(25);
});

test.skipIf(!hasPromtool)('promtool has nothing to say of the metrics', async () => {
  const checked = promtool(['check', 'metrics'], await exposedText());
  const { status, stdout, stderr } = checked;
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
});

test.skipIf(!hasPromtool)('alert rules are valid, and fire when they are to and not else', () => {
  expect(promtool(['check', 'rules', 'alerts.yml'])).toMatchObject({ status: 0 });
  const { status, stdout, stderr } = promtool(['test', 'rules', 'alerts.test.yml']);
  expect(status, stdout + stderr).toBe(0);
});

test('each alert has a test that it fires, and one that it does not', async () => {
  const { groups } = parse(await textOf('deploy/prometheus/alerts.yml'));
  const { tests } = parse(await textOf('deploy/prometheus/alerts.test.yml'));
  for (const { alert } of groups[0].rules) {
    const cases = tests
      .flatMap((each: { alert_rule_test: unknown[] }) => each.alert_rule_test)
      .filter(({ alertname }: { alertname: string }) => alertname === alert)
      .map(({ exp_alerts }: { exp_alerts: unknown[] }) => exp_alerts.length);
    expect(cases.sort(), alert).toEqual([0, 1]);
  }
});
