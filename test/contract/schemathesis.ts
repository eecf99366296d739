import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { keyFileText } from '../../src/keys/key-file.ts';
import { testKey } from '../support/test-keys.ts';
import { withService } from './with-service.ts';

/**
 * Runs Schemathesis, which knows nothing but the contract, against the service as built:
 * `npx tsx test/contract/schemathesis.ts`. `SCHEMATHESIS` is its path; without one it is looked
 * for on the `PATH`, and the run is skipped when it is not there. `.ci/run` installs it.
 */
const COMMAND = process.env.SCHEMATHESIS ?? 'schemathesis';
const HOOKS = fileURLToPath(new URL('schemathesis_hooks.py', import.meta.url));
const CHECKS =
  'not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance,negative_data_rejection,missing_required_header,unsupported_method,allow_header_conformance,takes_what_it_allows';

const run = (): Promise<number> => {
  const { entry, token } = testKey();
  return withService(
    (url, folder) => {
      // Errors of one seed are errors of all runs, and so can be looked for.
      const options = ['--url', url, '--checks', CHECKS, '--seed', '1', '--max-examples', '25'];
      // A stream has no end to wait for.
      const more = [
        '--continue-on-failure',
        '--no-color',
        '--exclude-operation-id',
        'followHeartRate',
        // What a request without it gets is tried, too.
        '--header',
        `Authorization: Bearer ${token}`,
      ];
      const { status } = spawnSync(COMMAND, ['run', `${url}/openapi.json`, ...options, ...more], {
        cwd: folder,
        env: { ...process.env, SCHEMATHESIS_HOOKS: HOOKS },
        stdio: 'inherit',
      });
      return status ?? 1;
    },
    keyFileText([entry]),
  );
};

if (spawnSync(COMMAND, ['--version']).error === undefined) process.exitCode = await run();
else console.log('Schemathesis is not installed: skipped. pip install schemathesis==4.32.5');
