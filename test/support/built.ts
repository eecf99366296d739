/** Where a module of the service is when it is built, by its path in `src`. */
export const builtUrl = (path: string): string =>
  new URL(`../../dist/src/${path.replace(/\.ts$/, '.js')}`, import.meta.url).href;

/** A module as built, because a worker thread cannot run TypeScript; `M` is the type of its source. */
export const built = async <M>(path: string): Promise<M> => (await import(builtUrl(path))) as M;
