import { BlockList, isIP } from 'node:net';
import type { Context } from 'hono';
import type { HttpEnv } from '../http-app.ts';

const V4_IN_V6 = '::ffff:';

/** An address in one spelling: an IPv4 address is one, also where IPv6 sockets wrap it. */
const plain = (address: string): string =>
  address.startsWith(V4_IN_V6) && address.includes('.')
    ? address.slice(V4_IN_V6.length)
    : address.replace(/%.*/, '');

/** An entry of X-Forwarded-For; some proxies add the port. Undefined when it is no address. */
const addressIn = (entry: string): string | undefined => {
  const [, inBrackets, beforePort] = /^\[(.*)\](?::\d+)?$|^([\d.]+):\d+$/.exec(entry) ?? [];
  const address = plain(inBrackets ?? beforePort ?? entry);
  return isIP(address) === 0 ? undefined : address;
};

/** Tells whose connection or, behind proxies that are trusted, whose request it is. */
export class ClientAddresses {
  readonly #trusted = new BlockList();

  /** Addresses and networks (`10.0.0.0/8`) of proxies whose `X-Forwarded-For` is believed. */
  constructor(trustedProxies: readonly string[]) {
    for (const proxy of trustedProxies) {
      const [address = '', prefix] = proxy.split('/');
      const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
      if (prefix === undefined) this.#trusted.addAddress(address, family);
      else this.#trusted.addSubnet(address, Number(prefix), family);
    }
  }

  /**
   * The address that no trusted proxy has: what a client writes into the header itself stands
   * before what the first trusted proxy adds, and is not looked at. Undefined without a connection.
   */
  of({ env }: Context<HttpEnv>): string | undefined {
    const remote = env?.incoming?.socket.remoteAddress;
    if (remote === undefined) return undefined;
    let address = plain(remote);
    const forwarded = env.incoming?.headers['x-forwarded-for'];
    const entries = typeof forwarded === 'string' ? forwarded.split(',') : [];
    while (this.#isTrusted(address)) {
      const before = addressIn(entries.pop()?.trim() ?? '');
      if (before === undefined) break;
      address = before;
    }
    return address;
  }

  #isTrusted(address: string): boolean {
    return this.#trusted.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
  }
}

const GROUPS = 8;
const GROUPS_OF_NETWORK = 4;

/** Of an IPv6 address its network (/64), all addresses of which one client can have. */
export const networkOf = (address: string): string => {
  if (isIP(address) !== 6) return address;
  const [before, behind] = address.split('::');
  const first = before ? before.split(':') : [];
  const last = behind ? behind.split(':') : [];
  const zeros = new Array<string>(Math.max(0, GROUPS - first.length - last.length)).fill('0');
  return [...first, ...zeros, ...last]
    .slice(0, GROUPS_OF_NETWORK)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
};
