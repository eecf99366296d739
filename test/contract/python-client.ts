import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withService } from './with-service.ts';

/**
 * Makes a client in Python of the contract with openapi-python-client, and uses it against the
 * service as built: `npx tsx test/contract/python-client.ts`. `PYTHON` is the interpreter that has
 * the generator; without the generator the run is skipped. `.ci/run` installs it.
 */
const PYTHON = process.env.PYTHON ?? 'python3';
const CONTRACT = fileURLToPath(new URL('../../openapi.yaml', import.meta.url));
const PROGRAM = fileURLToPath(new URL('python_client.py', import.meta.url));

const generate = (folder: string): boolean => {
  const output = ['--meta', 'none', '--output-path', join(folder, 'heart_rate')];
  const args = ['-m', 'openapi_python_client', 'generate', '--path', CONTRACT, ...output];
  const { status, stderr } = spawnSync(PYTHON, args, { encoding: 'utf8' });
  // It knows no `application/x-ndjson` and no `application/yaml`, and says so.
  for (const line of stderr.split('\n').filter((text) => text.startsWith('WARNING'))) {
    console.log(line);
  }
  return status === 0;
};

const run = (): Promise<number> =>
  withService((url, folder) => {
    if (!generate(folder)) return 1;
    const env = { ...process.env, PYTHONPATH: folder };
    return spawnSync(PYTHON, [PROGRAM, url], { env, stdio: 'inherit' }).status ?? 1;
  });

const { status } = spawnSync(PYTHON, ['-c', 'import openapi_python_client']);
if (status === 0) process.exitCode = await run();
else console.log('No openapi-python-client: skipped. pip install openapi-python-client==0.29.1');
