import { once } from 'node:events';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { expect, onTestFinished, test, vi } from 'vitest';
import { listen } from '../../src/http/server.ts';
import { watchTlsFiles } from '../../src/http/tls-files.ts';
import { openHttps } from '../support/https.ts';
import { hasNginx, PREFIX, startNginx } from '../support/proxy-process.ts';
import { hasOpenssl, withoutOpenssl, writeSelfSigned } from '../support/self-signed.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { keysOf, testKey } from '../support/test-keys.ts';
import { openTestServer } from '../support/test-server.ts';
import { openTestService, READING } from '../support/test-service.ts';

const observer = () => ({ reloaded: vi.fn(), failed: vi.fn() });

const newFolder = async (parent: string, name: string): Promise<string> => {
  const folder = join(parent, name);
  await mkdir(folder);
  return folder;
};

/** A service that listens by TLS with the certificate of two files. */
const openTls = async () => {
  const folder = await temporaryFolder();
  const files = await writeSelfSigned(folder);
  const seen = observer();
  const tls = await watchTlsFiles(files, seen, { intervalMs: 10 });
  const service = await openTestService();
  const credentials = tls.credentials();
  const server = await listen(service.app, { host: '127.0.0.1', port: 0, credentials });
  tls.onChange(server.setCredentials);
  onTestFinished(async () => {
    tls.watch.close();
    await server.close();
    await service.close();
  });
  return { folder, files, seen, tls, server, port: Number(new URL(server.url).port) };
};

const ask = async (url: string, ca: Buffer, body?: string) => {
  const response = await openHttps(url, ca, { 'content-type': 'application/json' }, body);
  return { status: response.statusCode, body: await text(response) };
};

/** The number of the certificate that a new connection gets. */
const serialOf = async (port: number): Promise<string> => {
  const socket: TLSSocket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const { serialNumber } = socket.getPeerCertificate();
  socket.destroy();
  return serialNumber;
};

test('it serves by TLS, and a client that knows the certificate trusts it', async ({ skip }) => {
  if (!hasOpenssl()) return withoutOpenssl(skip);
  const { server, files } = await openTls();
  expect(server.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
  const url = `${server.url}/metrics/heart-rate`;
  expect((await ask(url, files.cert, JSON.stringify(READING))).status).toBe(200);
  expect(await ask(`${url}/latest?user_id=user_123`, files.cert)).toMatchObject({
    status: 200,
    body: expect.stringContaining('"heart_rate":75'),
  });
});

test('what is no TLS, an old version of it, and what is no HTTP in it', async ({ skip }) => {
  if (!hasOpenssl()) return withoutOpenssl(skip);
  const { server, port, files } = await openTls();
  const plain = connect(port, '127.0.0.1');
  plain.on('error', () => undefined).write('GET /livez HTTP/1.1\r\nHost: a\r\n\r\n');
  expect(await text(plain).catch(() => '')).not.toContain('HTTP/1.1 200');

  const old = connectTls({ port, host: '127.0.0.1', ca: files.cert, maxVersion: 'TLSv1.1' });
  await expect(once(old, 'secureConnect')).rejects.toThrow();

  const socket = connectTls({ port, host: '127.0.0.1', ca: files.cert });
  socket.write('no HTTP\r\n\r\n');
  expect(await text(socket)).toMatch(/^HTTP\/1.1 400 .*malformed-http/s);
  expect((await ask(`${server.url}/livez`, files.cert)).status).toBe(200);
});

test('a renewed certificate is used for new connections, half of a renewal is not', async ({
  skip,
}) => {
  if (!hasOpenssl()) return withoutOpenssl(skip);
  const { folder, files, seen, tls, port } = await openTls();
  const first = await serialOf(port);
  const renewed = await writeSelfSigned(await newFolder(folder, 'renewed'));
  await copyFile(renewed.certFile, files.certFile);
  await vi.waitFor(() => expect(tls.watch.problem).toMatch(/^TLS_CERT_FILE and TLS_KEY_FILE/));
  expect(await serialOf(port)).toBe(first);
  await copyFile(renewed.keyFile, files.keyFile);
  await vi.waitFor(() => expect(seen.reloaded).toHaveBeenCalled());
  expect(tls.watch.problem).toBeUndefined();
  // It was made for two days.
  expect(tls.notAfterMs() - Date.now()).toBeGreaterThan(86_400_000);
  expect(tls.notAfterMs() - Date.now()).toBeLessThan(2 * 86_400_000);
  const second = await serialOf(port);
  expect(second).not.toBe(first);
});

test('of a chain the certificate that ends first counts', async ({ skip }) => {
  if (!hasOpenssl()) return withoutOpenssl(skip);
  const folder = await temporaryFolder();
  const files = await writeSelfSigned(folder, 5);
  const issuer = await writeSelfSigned(await newFolder(folder, 'issuer'), 1);
  await writeFile(files.certFile, Buffer.concat([files.cert, issuer.cert]));
  const tls = await watchTlsFiles(files, observer());
  tls.watch.close();
  expect(tls.notAfterMs() - Date.now()).toBeLessThan(86_400_000);
});

test('nginx ends TLS below a path, and lets keys, batches and streams through', async ({
  skip,
}) => {
  if (!hasOpenssl()) return withoutOpenssl(skip);
  if (!hasNginx()) {
    const why = 'There is no nginx; NGINX_PATH may name one.';
    console.warn(why); // the default reporter keeps a skipped test's note to itself
    return skip(why);
  }
  const key = testKey();
  // As it runs there: on loopback, where nginx gives it the name that clients use.
  const service = await openTestServer({ keys: keysOf(key), allowedHosts: ['localhost'] });
  onTestFinished(() => service.close());
  const certificate = await writeSelfSigned(await temporaryFolder());
  const base = `${await startNginx(service.url, certificate)}${PREFIX}metrics/heart-rate`;
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${key.token}` };

  const refused = await openHttps(`${base}/latest?user_id=user_123`, certificate.cert);
  expect([refused.statusCode, await text(refused)]).toEqual([401, expect.stringContaining('urn:')]);
  const stream = await openHttps(`${base}/stream?user_id=user_123`, certificate.cert, headers);
  const events = stream.setEncoding('utf8')[Symbol.asyncIterator]();
  expect((await events.next()).value).toMatch(/^id: /);
  const readings = Array.from({ length: 10_000 }, (_, i) => ({
    ...READING,
    timestamp: new Date(i * 1000).toISOString(),
  }));
  const batch = JSON.stringify({ readings });
  const sent = await openHttps(`${base}/batch`, certificate.cert, headers, batch);
  expect([sent.statusCode, await text(sent)]).toEqual([200, expect.stringContaining('10000')]);
  expect((await events.next()).value).toContain('event: reading');
  stream.destroy();
});

test('a certificate that was renewed before anybody listens for it is used', async ({ skip }) => {
  if (!hasOpenssl()) return withoutOpenssl(skip);
  const folder = await temporaryFolder();
  const files = await writeSelfSigned(folder);
  const other = await writeSelfSigned(await newFolder(folder, 'other'));
  const seen = observer();
  const tls = await watchTlsFiles(files, seen, { intervalMs: 10 });
  onTestFinished(() => tls.watch.close());
  await copyFile(other.certFile, files.certFile);
  await copyFile(other.keyFile, files.keyFile);
  await vi.waitFor(() => expect(seen.reloaded).toHaveBeenCalled());
  const use = vi.fn();
  tls.onChange(use);
  expect(use).toHaveBeenCalledWith({ cert: other.cert, key: other.key });
});

test('files that are no certificate and key cannot be used', async ({ skip }) => {
  if (!hasOpenssl()) return withoutOpenssl(skip);
  const folder = await temporaryFolder();
  const files = await writeSelfSigned(folder);
  const other = await writeSelfSigned(await newFolder(folder, 'other'));
  const using = (paths: Partial<typeof files>) => watchTlsFiles({ ...files, ...paths }, observer());
  const refusal = /^TLS_CERT_FILE and TLS_KEY_FILE cannot be used: /;
  await expect(using({ keyFile: other.keyFile })).rejects.toThrow(refusal);
  await expect(using({ certFile: join(folder, 'none.pem') })).rejects.toThrow(refusal);
  // It says which; and not twice, as logs join an error with its cause.
  const error = await using({ keyFile: folder }).catch((thrown: Error) => thrown);
  expect(error).toMatchObject({
    message: expect.stringContaining(`${folder} cannot be read: it is not a regular file`),
  });
  expect(error).not.toHaveProperty('cause');
  await writeFile(files.keyFile, 'nothing');
  await expect(using({})).rejects.toThrow(refusal);
});
