import { generateContract } from './generate-contract.ts';
import { UnsupportedError } from './supported.ts';

/** `npm run generate`: writes everything in `generated/` from `openapi.yaml`. */
const root = new URL('../../', import.meta.url);

try {
  await generateContract(new URL('openapi.yaml', root), new URL('generated/', root));
} catch (error) {
  if (!(error instanceof UnsupportedError)) throw error;
  console.error(`openapi.yaml says what the generator does not honour:\n${error.message}`);
  process.exitCode = 1;
}
