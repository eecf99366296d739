import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * `npx tsx test/contract/edits.ts`: edits openapi.yaml as somebody might who forgets the rest, one
 * edit at a time in a copy of the project, and expects each to be caught where it says: by the
 * generator, by the compiler, or by a test.
 */
interface Edit {
  readonly name: string;
  /** A text of openapi.yaml, and what is put in the place of the first. */
  readonly replace: readonly [string, string];
  readonly caughtBy: 'generate' | 'types' | { readonly test: string };
  /** Part of what it then says. */
  readonly says: string;
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const RATE = '      description: Beats a minute, decimals allowed.\n';
const DEVICES = '      operationId: listDevices\n';
const READ = '      security: [{ ApiKey: [read] }]\n';
const DEVICES_OK = '          description: The priorities.\n';
const USER = "      pattern: &id '";

const EDITS: readonly Edit[] = [
  {
    name: 'an operation that does not say who may call it',
    replace: [`${DEVICES}${READ}`, DEVICES],
    caughtBy: 'generate',
    says: 'paths > /devices > get > security: must say who may call it',
  },
  {
    name: 'an operation open to all',
    replace: [`${DEVICES}${READ}`, `${DEVICES}      security: []\n`],
    caughtBy: { test: 'test/contract/keys.test.ts' },
    says: 'listDevices',
  },
  {
    name: 'another scheme for one operation',
    replace: [`${DEVICES}${READ}`, `${DEVICES}      security: [{ Password: [read] }]\n`],
    caughtBy: 'generate',
    says: 'paths > /devices > get > security: there is no scheme Password',
  },
  {
    name: 'a scope that no key has',
    replace: [`${DEVICES}${READ}`, `${DEVICES}      security: [{ ApiKey: [list] }]\n`],
    caughtBy: 'generate',
    says: 'must have one scope: ingest, read, erase, metrics',
  },
  {
    name: 'credentials for all operations',
    replace: ['\ntags:\n', '\nsecurity: [{ ApiKey: [read] }]\ntags:\n'],
    caughtBy: 'generate',
    says: 'security: is not supported',
  },
  {
    name: 'credentials that nothing checks',
    replace: [
      '      type: http\n      scheme: bearer\n',
      '      type: http\n      scheme: basic\n',
    ],
    caughtBy: 'generate',
    says: 'ApiKey: must be of type http with the scheme bearer',
  },
  {
    name: 'heart rates in steps',
    replace: [RATE, `${RATE}      multipleOf: 0.5\n`],
    caughtBy: 'generate',
    says: 'HeartRate > multipleOf: is not supported',
  },
  {
    name: 'a length beside a pattern',
    replace: [USER, `      maxLength: 64\n${USER}`],
    caughtBy: 'generate',
    says: 'UserId > maxLength: is not supported',
  },
  {
    name: 'a keyword misspelt',
    replace: [`${RATE}      minimum: 30`, `${RATE}      minimun: 30`],
    caughtBy: 'generate',
    says: 'HeartRate > minimun: is not supported',
  },
  {
    name: 'a schema of alternatives',
    replace: [RATE, `${RATE}      oneOf: []\n`],
    caughtBy: 'generate',
    says: 'HeartRate > oneOf: is not supported',
  },
  {
    name: 'a cookie',
    replace: [
      DEVICES,
      `${DEVICES}      parameters:\n        - { name: s, in: cookie, schema: { $ref: "#/components/schemas/UserId" } }\n`,
    ],
    caughtBy: 'generate',
    says: 'parameters > 0 > in: cookie is not supported',
  },
  {
    name: 'a range of statuses',
    replace: [
      DEVICES_OK,
      `${DEVICES_OK}          headers:\n            X-Request-Id: { $ref: "#/components/headers/RequestId" }\n        "4XX":\n          description: No.\n`,
    ],
    caughtBy: 'generate',
    says: 'responses > 4XX: must be a status',
  },
  {
    name: 'a $ref to nothing',
    replace: [
      'user_id: { $ref: "#/components/schemas/UserId" }\n        timestamp: ',
      'user_id: { $ref: "#/components/schemas/UserID" }\n        timestamp: ',
    ],
    caughtBy: 'generate',
    says: '#/components/schemas/UserID points to nothing',
  },
  {
    name: 'a required field of readings',
    replace: [
      'required: [device_id, user_id, timestamp, heart_rate]\n      properties:\n',
      'required: [device_id, user_id, timestamp, heart_rate, unit]\n      properties:\n        unit: { type: string, description: Unit., examples: [bpm] }\n',
    ],
    caughtBy: 'types',
    says: "'unit'",
  },
  {
    name: 'another name for a field of an answer',
    replace: [
      'required: [devices, prefixes]\n      properties:\n        prefixes:',
      'required: [devices, starts]\n      properties:\n        starts:',
    ],
    caughtBy: 'types',
    says: 'src/http/routes/devices.ts',
  },
  {
    name: 'a status less',
    replace: ['        "404": { $ref: "#/components/responses/NoReadingsInRange" }\n', ''],
    caughtBy: 'types',
    says: 'src/http/routes/series.ts',
  },
  {
    name: 'an interval that no query knows',
    replace: ['enum: [1m, 5m, 15m, 1h, 1d]', 'enum: [1m, 5m, 15m, 30m, 1h, 1d]'],
    caughtBy: 'types',
    says: '30m',
  },
  {
    name: 'a kind of problem',
    replace: [
      '        - urn:problem:heart-rate:unavailable\n',
      '        - urn:problem:heart-rate:unavailable\n        - urn:problem:heart-rate:too-many\n',
    ],
    caughtBy: 'types',
    says: 'too-many',
  },
  {
    name: 'a parameter that no handler reads',
    replace: [
      '        - name: priority_scope\n',
      '        - name: smoothing\n          in: query\n          description: Smoothing.\n          schema: { $ref: "#/components/schemas/UserId" }\n          example: UTC\n        - name: priority_scope\n',
    ],
    caughtBy: { test: 'test/contract/parameters.test.ts' },
    says: 'query smoothing',
  },
  {
    name: 'a status that nobody answers',
    replace: [
      DEVICES_OK,
      `${DEVICES_OK}          headers:\n            X-Request-Id: { $ref: "#/components/headers/RequestId" }\n        "409":\n          description: No.\n`,
    ],
    caughtBy: { test: 'test/contract/statuses.test.ts' },
    says: 'listDevices can answer 409',
  },
  {
    name: 'readings without further fields',
    replace: [
      'required: [device_id, user_id, timestamp, heart_rate]\n',
      'required: [device_id, user_id, timestamp, heart_rate]\n      additionalProperties: false\n',
    ],
    caughtBy: { test: 'test/http/routes/ingest.test.ts' },
    says: 'unknown fields',
  },
  {
    name: 'a higher heart rate',
    replace: [
      `${RATE}      minimum: 30\n      maximum: 220\n`,
      `${RATE}      minimum: 30\n      maximum: 250\n`,
    ],
    caughtBy: { test: 'test/http/bad-input.test.ts' },
    says: 'heart_rate above 220',
  },
  {
    name: 'smaller batches',
    replace: ['          maxItems: 10000\n', '          maxItems: 1000\n'],
    caughtBy: { test: 'test/contract/numbers.test.ts' },
    says: 'how many readings a batch has',
  },
  {
    name: 'a shorter range',
    replace: ['x-max-range-days: 400', 'x-max-range-days: 100'],
    caughtBy: { test: 'test/contract/numbers.test.ts' },
    says: 'how many days a range has',
  },
  {
    name: 'another version',
    replace: ['\n  version: 0.1.0\n', '\n  version: 0.2.0\n'],
    caughtBy: { test: 'test/contract/numbers.test.ts' },
    says: 'the version of the service',
  },
  {
    name: 'a form of timestamps less',
    replace: ['[Tt ]([01]', '[T]([01]'],
    caughtBy: { test: 'test/contract/validators-agree.test.ts' },
    says: 'the pattern of timestamps has every form that is taken',
  },
  {
    name: 'another default',
    replace: ['      default: 1m\n', '      default: 1h\n'],
    caughtBy: { test: 'test/http/routes/series.test.ts' },
    says: 'a series is told exactly so',
  },
];

const folder = mkdtempSync(join(tmpdir(), 'heart-rate-edits-'));

const run = (
  script: string,
  ...options: string[]
): { readonly passed: boolean; readonly said: string } => {
  const command = [join(ROOT, 'node_modules', script), ...options];
  const env = { ...process.env, NO_COLOR: '1' };
  const { status, stdout, stderr } = spawnSync(process.execPath, command, {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
  return { passed: status === 0, said: stdout + stderr };
};
const generate = () => run('tsx/dist/cli.mjs', 'src/openapi/generate.ts');
const compile = () =>
  run('typescript/bin/tsc', '-p', 'test', '--incremental', '--tsBuildInfoFile', '.tsbuildinfo');
const testOf = (file: string) => run('vitest/vitest.mjs', 'run', file);

const copyProject = (): void => {
  const listed = spawnSync('git', ['ls-files', '-zco', '--exclude-standard'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  for (const file of listed.stdout.split('\0').filter((name) => name !== '')) {
    cpSync(join(ROOT, file), join(folder, file), { recursive: true });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  // What these tests need is not built.
  writeFileSync(
    join(folder, 'vitest.config.ts'),
    "export default { test: { include: ['test/**/*.test.ts'] } };\n",
  );
};

/** Empty when the edit is caught where it should be. */
const escapeOf = ({ caughtBy, says }: Edit): string => {
  const generated = generate();
  if (caughtBy === 'generate') {
    if (generated.passed) return 'was generated';
    return generated.said.includes(says) ? '' : generated.said;
  }
  if (!generated.passed) return generated.said;
  const { passed, said } = caughtBy === 'types' ? compile() : testOf(caughtBy.test);
  if (passed) return 'passed';
  return said.includes(says) ? '' : said;
};

/** Whether an edit can be made at all is known before the first, which takes minutes. */
const checkEdits = (): void => {
  const spec = readFileSync(join(ROOT, 'openapi.yaml'), 'utf8');
  for (const { name, replace, caughtBy } of EDITS) {
    if (!spec.includes(replace[0])) throw new Error(`${name}: its text is not there`);
    if (typeof caughtBy !== 'string' && !existsSync(join(ROOT, caughtBy.test))) {
      throw new Error(`${name}: there is no ${caughtBy.test}`);
    }
  }
};

checkEdits();
let escaped = 0;
try {
  copyProject();
  const spec = join(folder, 'openapi.yaml');
  const original = readFileSync(spec, 'utf8');
  for (const edit of EDITS) {
    const [from, to] = edit.replace;
    writeFileSync(
      spec,
      original.replace(from, () => to),
    );
    const how = escapeOf(edit);
    if (how !== '') escaped++;
    const by = typeof edit.caughtBy === 'string' ? edit.caughtBy : edit.caughtBy.test;
    console.log(`${how === '' ? 'caught ' : 'ESCAPED'} ${edit.name}: ${by} ${how}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`${EDITS.length - escaped} of ${EDITS.length} edits were caught`);
process.exitCode = escaped === 0 ? 0 : 1;
