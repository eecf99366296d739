import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from './temporary-folder.ts';

const PROXY = fileURLToPath(new URL('prefix-proxy.ts', import.meta.url));
const NGINX = process.env.NGINX_PATH ?? 'nginx';

const TEMPORARY = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];

/** Where proxies put the service. */
export const PREFIX = '/hr/';

const endWithTest = (child: ChildProcess): void => {
  const ended = once(child, 'exit');
  onTestFinished(async () => {
    child.kill();
    await ended;
  });
};

/** A proxy in Node that serves the service below {@link PREFIX}, for one test; its origin. */
export const startNodeProxy = async (service: string): Promise<string> => {
  const child = spawn(process.execPath, ['--import', 'tsx', PROXY, service, PREFIX], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  endWithTest(child);
  const [port] = await once(child.stdout.setEncoding('utf8'), 'data');
  return `http://127.0.0.1:${String(port).trim()}`;
};

export const hasNginx = (): boolean => spawnSync(NGINX, ['-v']).status === 0;

export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
};

/** Files of a certificate and its key. */
interface Certificate {
  readonly certFile: string;
  readonly keyFile: string;
  readonly cert: Buffer;
}

/** As README has it, below "Behind a proxy". */
const locationOf = (service: string): string => `
        location ${PREFIX} {
          proxy_pass ${service}/;
          proxy_http_version 1.1;
          proxy_set_header Connection "";
          proxy_set_header Host $host;
          proxy_read_timeout 60s;
          proxy_request_buffering off;
          client_max_body_size 8m;
        }`;

const tlsOf = (port: number, { certFile, keyFile }: Certificate): string => `
        listen 127.0.0.1:${port} ssl;
        ssl_certificate ${certFile};
        ssl_certificate_key ${keyFile};
        ssl_protocols TLSv1.2 TLSv1.3;`;

const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });

/** The same with nginx, as its documentation says to do it; by TLS with a certificate. */
export const startNginx = async (service: string, certificate?: Certificate): Promise<string> => {
  const folder = await temporaryFolder();
  const port = await freePort();
  const own = ofFolder(folder);
  const config = `
    ${own.main}
    events {}
    http {
      access_log off;
      ${own.http}
      server {
        ${certificate === undefined ? `listen 127.0.0.1:${port};` : tlsOf(port, certificate)}
        ${locationOf(service)}
      }
    }`;
  await runNginx(folder, config, port);
  return `${certificate === undefined ? 'http' : 'https'}://127.0.0.1:${port}`;
};

/** What a configuration needs before its `http` block, and in it, to run as any user in a folder. */
export const ofFolder = (folder: string): { readonly main: string; readonly http: string } => ({
  main: `daemon off; pid ${folder}/nginx.pid;`,
  // Its workers, another user's, may not write into the folder.
  http: [
    'proxy_max_temp_file_size 0;',
    ...TEMPORARY.map((name) => `${name}_temp_path ${folder}/${name};`),
  ].join('\n'),
});

/** Runs nginx for one test; resolves when it listens. */
export const runNginx = async (folder: string, config: string, port: number): Promise<void> => {
  await writeFile(join(folder, 'nginx.conf'), config);
  const child = spawn(NGINX, ['-p', folder, '-e', 'stderr', '-c', join(folder, 'nginx.conf')], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  endWithTest(child);
  for (let attempt = 0; attempt < 100; attempt++) {
    if (await accepts(port)) return;
    await delay(50);
  }
  throw new Error('nginx does not listen');
};
