import { defineConfig } from 'vite';

export default defineConfig({
  // Relative addresses, so that a proxy may serve the page below a path of its own.
  base: './',
  logLevel: 'warn',
  build: {
    outDir: '../../dist/dashboard',
    emptyOutDir: true,
    target: 'es2022',
    // Nothing inline: the page's policy allows no data URLs.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
