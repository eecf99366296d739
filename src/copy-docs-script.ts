/**
 * Part of the build. The script of the docs page is one file of a package with 260 others under it,
 * so that package is needed to build the service, and not to run it.
 */
import { copyFileSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DOCS_SCRIPT } from './docs-script.ts';

mkdirSync(new URL('./', DOCS_SCRIPT), { recursive: true });
copyFileSync(
  fileURLToPath(import.meta.resolve('@scalar/api-reference/browser/standalone.js')),
  DOCS_SCRIPT,
);
