import type { IncomingMessage } from 'node:http';
import { BlockList, isIP, type Socket } from 'node:net';
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

/** Who is at the other end of a connection, which stays the same. */
interface Peer {
  readonly address: string;
  readonly network: string;
  readonly isTrusted: boolean;
}

/** Tells whose connection or, behind proxies that are trusted, whose request it is. */
export class ClientAddresses {
  readonly #trusted = new BlockList();
  readonly #peers = new WeakMap<Socket, Peer>();

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
   * The address that no trusted proxy has, or its network (see {@link networkOf}): what a client
   * writes into the header itself stands before what the first trusted proxy adds, and is not looked
   * at. Undefined without a connection.
   */
  networkOf({ env }: Context<HttpEnv>): string | undefined {
    const incoming = env?.incoming;
    const peer = incoming && this.#peerOf(incoming.socket);
    if (peer === undefined || !peer.isTrusted) return peer?.network;
    return networkOf(this.#forwardedTo(peer, incoming));
  }

  /** The address itself. */
  addressOf({ env }: Context<HttpEnv>): string | undefined {
    const incoming = env?.incoming;
    const peer = incoming && this.#peerOf(incoming.socket);
    if (peer === undefined || !peer.isTrusted) return peer?.address;
    return this.#forwardedTo(peer, incoming);
  }

  #forwardedTo({ address: proxy }: Peer, incoming: IncomingMessage | undefined): string {
    const forwarded = incoming?.headers['x-forwarded-for'];
    const entries = typeof forwarded === 'string' ? forwarded.split(',') : [];
    let address = proxy;
    while (this.#isTrusted(address)) {
      const before = addressIn(entries.pop()?.trim() ?? '');
      if (before === undefined) break;
      address = before;
    }
    return address;
  }

  /** To look closer at each request of a connection would take 3 % of the time of a reading. */
  #peerOf(socket: Socket): Peer | undefined {
    const known = this.#peers.get(socket);
    if (known !== undefined || socket.remoteAddress === undefined) return known;
    const address = plain(socket.remoteAddress);
    const isTrusted = this.#isTrusted(address);
    const peer = { address, network: networkOf(address), isTrusted };
    this.#peers.set(socket, peer);
    return peer;
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
