import { packageFileUrl } from './package-file.ts';

/** The script of the docs page, as the build copies it. */
export const DOCS_SCRIPT = packageFileUrl('dist/docs/scalar.js');
