import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import openapiTS, { astToString } from 'openapi-typescript';
import { parse } from 'yaml';
import { routeDefinitions } from './route-definitions.ts';
import type { SpecDocument } from './spec-document.ts';
import { writeZodSchemas } from './zod-schemas.ts';

/**
 * Writes everything in `generated/` from `openapi.yaml`: the document as JSON, its TypeScript
 * types, its schemas in Zod, and the routes that the app mounts.
 */
const HEADER = '// Generated from openapi.yaml by `npm run generate`. Do not edit.';
const root = new URL('../../', import.meta.url);
const spec = new URL('openapi.yaml', root);
const output = new URL('generated/', root);

const document = parse(await readFile(spec, 'utf8')) as SpecDocument;
await rm(output, { recursive: true, force: true });
await mkdir(output);
const write = (name: string, text: string) => writeFile(new URL(name, output), text);

await write('openapi.json', `${JSON.stringify(document, null, 2)}\n`);
await write('openapi-types.ts', `${HEADER}\n${astToString(await openapiTS(spec))}`);
await writeZodSchemas(spec, new URL('zod/', output), HEADER);
await write('routes.ts', `${HEADER}\n${routeDefinitions(document)}`);
