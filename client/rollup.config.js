import { dts } from 'rollup-plugin-dts';
import esbuild from 'rollup-plugin-esbuild';

const input = {
  index: 'src/index.ts',
  queue: 'src/queue/index.ts',
  'file-store': 'src/queue/file-store.ts',
  'indexed-db-store': 'src/queue/indexed-db-store.ts',
};
const external = [/^node:/, 'openapi-fetch'];

/** Each entry as ES module or CommonJS; what entries share is in modules beside them. */
const output = (format, extension) => ({
  dir: 'dist',
  format,
  // openapi-fetch's CommonJS has its function as `default`, as compiled ES modules do.
  interop: 'auto',
  entryFileNames: `[name].${extension}`,
  chunkFileNames: `shared/[name].${extension}`,
});

export default [
  {
    input,
    external,
    plugins: [esbuild({ target: 'es2022' })],
    output: [output('es', 'js'), output('cjs', 'cjs')],
  },
  {
    input,
    external,
    // The types of the contract, which are made at the root, are taken in.
    plugins: [dts({ tsconfig: 'tsconfig.json' })],
    output: [output('es', 'd.ts'), output('es', 'd.cts')],
  },
];
