import { hostNameOf } from '../../host-names.ts';

/** Which cluster, and what in it. */
export interface StoreAddress {
  /** Host and port of nodes to begin with; they tell of the others. */
  readonly contactPoints: readonly string[];
  readonly keyspace: string;
  /** The data centre whose nodes are asked, and of which a quorum answers. */
  readonly dataCenter: string;
}

const SCHEME = 'cassandra://';
const DEFAULT_PORT = 9042;
/** Cassandra's own limit of a name that needs no quotes. */
const KEYSPACE = /^[a-z][a-z0-9_]{0,47}$/;
const DATA_CENTER = /^[\w.-]{1,100}$/;
export const STORE_ADDRESS_FORM = 'cassandra://host[,host…][:9042]/keyspace?dc=datacenter';

/** What stands behind a host name or an address; not the end of an address in IPv6. */
const portIn = (host: string): number | undefined => {
  const port = /^(?:[^:]*|\[.*\]):(\d+)$/.exec(host)?.[1];
  return port === undefined ? undefined : Number(port);
};

const contactPoint = (text: string, defaultPort: number): string | undefined => {
  const [host, port = defaultPort] = [hostNameOf(text), portIn(text)];
  return host !== undefined && port > 0 && port < 65_536 ? `${host}:${port}` : undefined;
};

/**
 * What an address like {@link STORE_ADDRESS_FORM} says, or in words for the operator what is wrong
 * with it. The port of the last host is that of those without one.
 */
export const parseStoreAddress = (text: string): StoreAddress | string => {
  if (!text.startsWith(SCHEME)) return `must begin with ${SCHEME}`;
  // Before anything of it is shown: nothing else has this character.
  if (text.includes('@')) {
    return 'must not hold a password: set CASSANDRA_USERNAME and CASSANDRA_PASSWORD';
  }
  const [, hosts = '', keyspace = '', query = ''] =
    /^([^/?#]*)(?:\/([^?#]*))?(?:\?([^#]*))?$/.exec(text.slice(SCHEME.length)) ?? [];
  if (hosts === '') return `names no host: it is ${STORE_ADDRESS_FORM}`;
  const names = hosts.split(',').map((host) => host.trim());
  const port = portIn(names.at(-1) ?? '') ?? DEFAULT_PORT;
  const contactPoints: string[] = [];
  for (const name of names) {
    const point = contactPoint(name, port);
    if (point === undefined) return `has ${JSON.stringify(name)}, which is no host`;
    contactPoints.push(point);
  }
  if (!KEYSPACE.test(keyspace)) {
    return `names no keyspace after the hosts, in small letters, digits and _: it is ${STORE_ADDRESS_FORM}`;
  }
  const options = new URLSearchParams(query);
  for (const name of options.keys())
    if (name !== 'dc') return `has ${name}=, where only dc= is known`;
  const dataCenter = options.get('dc') ?? '';
  if (!DATA_CENTER.test(dataCenter)) return 'must name the data centre: ?dc=datacenter1';
  return { contactPoints, keyspace, dataCenter };
};
