import type { StoreAddress } from './store-address.ts';

/** How a cluster is reached, and what is asked of it. */
export interface CassandraSettings extends StoreAddress {
  /** Undefined: the nodes ask nobody who they are. */
  readonly credentials: { readonly username: string; readonly password: string } | undefined;
  /** Undefined: no TLS. Without a file, the authorities that Node knows. */
  readonly tls: { readonly caFile: string | undefined } | undefined;
  /** How many nodes of the data centre keep each row, when the keyspace is made. */
  readonly replicationFactor: number;
  /** How far the clock of a process may be from the cluster's. */
  readonly maxClockSkewMs: number;
}
