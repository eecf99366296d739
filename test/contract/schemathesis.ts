import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/**
 * Runs Schemathesis, which knows nothing but the contract, against the service as built:
 * `npx tsx test/contract/schemathesis.ts`. `SCHEMATHESIS` is its path; without one it is looked
 * for on the `PATH`, and the run is skipped when it is not there. `.ci/run` installs it.
 */
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const COMMAND = process.env.SCHEMATHESIS ?? 'schemathesis';
const HOOKS = fileURLToPath(new URL('schemathesis_hooks.py', import.meta.url));
const CHECKS =
  'not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance,negative_data_rejection,missing_required_header,unsupported_method,allow_header_conformance,takes_what_it_allows';

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
};

const untilReady = async (url: string): Promise<void> => {
  for (let attempt = 0; attempt < 200; attempt++) {
    const answer = await fetch(`${url}/readyz`).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(100);
  }
  throw new Error('The service did not become ready');
};

const run = async (): Promise<number> => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const folder = await mkdtemp(join(tmpdir(), 'heart-rate-schemathesis-'));
  const service = spawn(process.execPath, ['dist/src/main.js'], {
    cwd: ROOT,
    env: { ...process.env, PORT: String(port), DATA_DIR: join(folder, 'data'), LOG_LEVEL: 'error' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = new Promise((resolve) => service.once('exit', resolve));
  try {
    await untilReady(url);
    // Errors of one seed are errors of all runs, and so can be looked for.
    const options = ['--url', url, '--checks', CHECKS, '--seed', '1', '--max-examples', '25'];
    // A stream has no end to wait for.
    const more = [
      '--continue-on-failure',
      '--no-color',
      '--exclude-operation-id',
      'followHeartRate',
    ];
    const { status } = spawnSync(COMMAND, ['run', `${url}/openapi.json`, ...options, ...more], {
      cwd: folder,
      env: { ...process.env, SCHEMATHESIS_HOOKS: HOOKS },
      stdio: 'inherit',
    });
    return status ?? 1;
  } finally {
    service.kill();
    await ended;
    await rm(folder, { recursive: true, force: true });
  }
};

if (spawnSync(COMMAND, ['--version']).error === undefined) process.exitCode = await run();
else console.log('Schemathesis is not installed: skipped. pip install schemathesis==4.32.5');
