import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import openapiTS, { astToString } from 'openapi-typescript';
import { parse } from 'yaml';
import { routeDefinitions } from './route-definitions.ts';
import type { SpecDocument } from './spec-document.ts';
import { checkSupported } from './supported.ts';
import { writeZodSchemas } from './zod-schemas.ts';

const HEADER = '// Generated from openapi.yaml by `npm run generate`. Do not edit.';

const writeAll = async (spec: URL, output: URL): Promise<void> => {
  const document = parse(await readFile(spec, 'utf8')) as SpecDocument;
  checkSupported(document);
  const write = (name: string, text: string) => writeFile(new URL(name, output), text);
  await write('openapi.json', `${JSON.stringify(document, null, 2)}\n`);
  await write('openapi-types.ts', `${HEADER}\n${astToString(await openapiTS(spec))}`);
  await writeZodSchemas(spec, new URL('zod/', output), HEADER);
  await write('routes.ts', `${HEADER}\n${routeDefinitions(document)}`);
};

/**
 * Puts into the folder `output` all that is made of the document `spec`: itself as JSON, its
 * TypeScript types, its schemas in Zod, and the routes that the app mounts. The folder is changed
 * as a whole: when anything fails, it stays as it was.
 *
 * @throws UnsupportedError when the document says what would not be honoured.
 */
export const generateContract = async (spec: URL, output: URL): Promise<void> => {
  const folder = fileURLToPath(output).replace(/\/$/, '');
  // Beside it, so that paths from one module to another are the same, and a rename is enough.
  const written = `${folder}-${process.pid}`;
  const replaced = `${written}-old`;
  try {
    await mkdir(written);
    await writeAll(spec, pathToFileURL(`${written}/`));
    await rename(folder, replaced).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
    await rename(written, folder);
  } finally {
    await rm(written, { recursive: true, force: true });
    await rm(replaced, { recursive: true, force: true });
  }
};
