const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d*)?$/i;

/**
 * Whether a name or address, spelt as URLs do, can only mean this machine (RFC 6761 6.3, RFC 6890).
 * No name server is asked for these, so nobody else can have them.
 */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' ||
  host.endsWith('.localhost') ||
  host === '[::1]' ||
  /^127(\.\d{1,3}){3}$/.test(host);

/**
 * The name or address in a Host header or authority, without its port, as URLs spell it: lower
 * case, addresses in their usual form, without the dot of the root. Undefined when there is none.
 */
export const hostNameOf = (host: string): string | undefined => {
  const name = HOST.exec(host)?.[1];
  if (name === undefined || !URL.canParse(`http://${name}`)) return undefined;
  return new URL(`http://${name}`).hostname.replace(/\.$/, '');
};
