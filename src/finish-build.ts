/** What the build does besides compiling. */
import { chmodSync, copyFileSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DOCS_SCRIPT } from './docs-script.ts';

// The script of the docs page is one file of a package with 260 others under it, so that package is
// needed to build the service, and not to run it.
mkdirSync(new URL('./', DOCS_SCRIPT), { recursive: true });
copyFileSync(
  fileURLToPath(import.meta.resolve('@scalar/api-reference/browser/standalone.js')),
  DOCS_SCRIPT,
);

// npm marks the command of a package that it installs; `npx heart-rate` in a clone needs the mark, too.
chmodSync(new URL('./cli/main.js', import.meta.url), 0o755);
