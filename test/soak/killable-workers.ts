/**
 * The environment of a service whose worker threads can be killed from outside: each SIGUSR2 ends
 * one of those it has, in turn, as running out of memory would.
 */
export const killableWorkers = (): Readonly<Record<string, string>> => {
  const code = `
    import threads from 'node:worker_threads';
    import { syncBuiltinESMExports } from 'node:module';
    if (threads.isMainThread) {
      const alive = [];
      const Worker = threads.Worker;
      threads.Worker = class extends Worker {
        constructor(...args) {
          super(...args);
          alive.push(this);
          this.once('exit', () => alive.splice(alive.indexOf(this), 1));
        }
      };
      syncBuiltinESMExports();
      process.on('SIGUSR2', () => alive[0]?.terminate());
    }`;
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(code)}` };
};
