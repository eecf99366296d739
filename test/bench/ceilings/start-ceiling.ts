import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { endWithUs } from '../scratch.ts';

export interface Ceiling {
  readonly url: string;
  stop(): void;
}

const SERVERS = {
  hono: new URL('hono.ts', import.meta.url),
  nodeHttp: new URL('node-http.ts', import.meta.url),
} as const;

/** A server that does less than the service must, as a process of its own. */
export const startCeiling = async (name: keyof typeof SERVERS): Promise<Ceiling> => {
  const child = fork(fileURLToPath(SERVERS[name]));
  endWithUs(child);
  const [port] = (await once(child, 'message')) as [number];
  return { url: `http://127.0.0.1:${port}`, stop: () => void child.kill() };
};
