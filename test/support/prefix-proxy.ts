import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A reverse proxy as a process of its own: `tsx prefix-proxy.ts <url> <prefix>` passes on what is
 * below the prefix, without it, and prints its port. Below anything else there is nothing.
 */
const [url = '', prefix = ''] = process.argv.slice(2);

const server = createServer((incoming, outgoing) => {
  if (!incoming.url?.startsWith(prefix)) {
    outgoing.writeHead(404).end();
    return;
  }
  const { host } = new URL(url);
  const path = `/${incoming.url.slice(prefix.length)}`;
  const { method, headers } = incoming;
  const passedOn = request(url, { path, method, headers: { ...headers, host } }, (response) => {
    outgoing.writeHead(response.statusCode ?? 502, response.headers);
    response.pipe(outgoing);
  });
  passedOn.on('error', () => outgoing.destroy());
  incoming.pipe(passedOn);
});
server.listen(0, '127.0.0.1', () => {
  console.log((server.address() as AddressInfo).port);
});
