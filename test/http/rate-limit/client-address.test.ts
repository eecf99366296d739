import type { Context } from 'hono';
import { expect, test } from 'vitest';
import type { HttpEnv } from '../../../src/http/http-app.ts';
import { ClientAddresses, networkOf } from '../../../src/http/rate-limit/client-address.ts';

const addresses = new ClientAddresses(['10.0.0.0/8', '127.0.0.1', 'fd00::/8']);

const addressOf = (remoteAddress: string | undefined, forwarded?: string): string | undefined => {
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
  const context: unknown = { env: { incoming: { socket: { remoteAddress }, headers } } };
  return addresses.networkOf(context as Context<HttpEnv>);
};

test.each([
  ['of no proxy', '192.0.2.1', undefined, '192.0.2.1'],
  ['who is not trusted is not believed', '192.0.2.1', '198.51.100.7', '192.0.2.1'],
  ['of a proxy', '10.1.2.3', '198.51.100.7', '198.51.100.7'],
  ['in an IPv6 socket', '::ffff:10.1.2.3', '198.51.100.7', '198.51.100.7'],
  ['of two proxies', '127.0.0.1', '198.51.100.7, 10.9.9.9', '198.51.100.7'],
  ['what the client wrote itself is behind', '10.1.2.3', '1.1.1.1, 198.51.100.7', '198.51.100.7'],
  ['… also when it names a proxy', '10.1.2.3', '10.0.0.9, 198.51.100.7', '198.51.100.7'],
  ['proxies alone', '10.1.2.3', '10.0.0.9', '10.0.0.9'],
  ['a proxy that says nothing', '10.1.2.3', undefined, '10.1.2.3'],
  ['a proxy that says nonsense', '10.1.2.3', '198.51.100.7, unknown', '10.1.2.3'],
  ['with a port', '10.1.2.3', '198.51.100.7:4711', '198.51.100.7'],
  ['IPv6', 'fd00::1', '2001:db8::7', '2001:db8:0:0'],
  ['IPv6 with a port', 'fd00::1', '[2001:db8::7]:4711', '2001:db8:0:0'],
  ['no connection', undefined, '198.51.100.7', undefined],
])('%s', (_, remote, forwarded, address) => {
  expect(addressOf(remote, forwarded)).toBe(address);
});

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:0DB8:0001:2::6', '2001:db8:1:2'],
  ['2001:db8::6', '2001:db8:0:0'],
  ['::1', '0:0:0:0'],
  ['2001:db8:1:2:3::', '2001:db8:1:2'],
])('%s is of the network %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});
