import type { Client, Host } from 'cassandra-driver';
import { types } from 'cassandra-driver';
import { StoreUnavailableError } from '../reading-store.ts';
import type { ClusterObserver } from './cluster-observer.ts';
import { Recurring } from './recurring.ts';

export interface ClusterWatchOptions {
  readonly client: Client;
  readonly maxClockSkewMs: number;
  readonly keyspace: string;
  readonly dataCenter: string;
  /** Told what was seen each time; nobody when left out. */
  readonly observer?: Pick<ClusterObserver, 'looked'> | undefined;
  /** How often the nodes are asked; 5 s when left out. */
  readonly intervalMs?: number;
}

const INTERVAL_MS = 5_000;
/** A node that does not even answer this in so long is not asked further. */
const READ_TIMEOUT_MS = 2_000;
const RETRY_AFTER_SECONDS = 5;
const UNSYNCED =
  'A node of the Cassandra cluster answers before it has synced: /readyz tells which.';

const CLOCK = 'SELECT toTimestamp(now()) AS now FROM system.local';
const COMMITLOG = "SELECT value FROM system_views.settings WHERE name = 'commitlog_sync'";

/** By how much this process's clock is certainly off, in milliseconds: ahead when positive. */
export const certainSkewMs = (
  { sentMs, receivedMs }: { readonly sentMs: number; readonly receivedMs: number },
  nodeMs: number,
): number => {
  // The node looked at its clock, which shows whole milliseconds, at some moment in between.
  const [least, most] = [sentMs - (nodeMs + 1), receivedMs - nodeMs];
  if (least > 0) return least;
  return Math.min(most, 0);
};

const CLOCK_LOOKS = 5;
const CLOSE_MS = 1;

/** Changes when the clock is set, or when the machine was asleep. */
const clockOffsetMs = (): number => {
  let [offsetMs, closestMs] = [0, Number.POSITIVE_INFINITY];
  // On a busy machine the process may be held up for long between one clock and the other.
  for (let look = 0; look < CLOCK_LOOKS && closestMs > CLOSE_MS; look++) {
    const beforeMs = performance.now();
    const nowMs = Date.now();
    const apartMs = performance.now() - beforeMs;
    if (apartMs >= closestMs) continue;
    [offsetMs, closestMs] = [nowMs - beforeMs - apartMs / 2, apartMs];
  }
  return offsetMs;
};

const medianOf = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? 0;

interface KeyspaceOptions {
  /** By data centre. */
  readonly strategyOptions?: Readonly<Record<string, string>>;
}

/** What a node said of itself. */
interface NodeState {
  readonly skewMs: number;
  /** Undefined: it does not tell. */
  readonly commitlogSync: string | undefined;
}

/**
 * Asks each node now and then for what makes an acknowledgement true: whether it syncs before it
 * answers, and whether its clock and this process's agree.
 */
export class ClusterWatch {
  readonly #options: ClusterWatchOptions;
  readonly #states = new Map<string, NodeState>();
  /** Between the clock and one that is never set, when the clock was last found to be right. */
  #trustedOffsetMs: number | undefined;
  #recurring: Recurring | undefined;

  constructor(options: ClusterWatchOptions) {
    this.#options = options;
  }

  /** Resolves when all nodes have been asked for the first time. */
  async start(): Promise<void> {
    await this.look();
    this.#recurring = new Recurring(() => this.look(), this.#options.intervalMs ?? INTERVAL_MS);
  }

  /** Asks all nodes; never rejects: who does not answer is known as down to the driver. */
  async look(): Promise<void> {
    const hosts = this.#hosts();
    const known = new Set(hosts.map(({ address }) => address));
    for (const address of this.#states.keys())
      if (!known.has(address)) this.#states.delete(address);
    const offsetMs = clockOffsetMs();
    const asked = hosts.filter((host) => host.isUp()).map((host) => this.#ask(host));
    const hasCompared = (await Promise.all(asked)).includes('told');
    const wasSet = Math.abs(clockOffsetMs() - offsetMs) > this.#options.maxClockSkewMs / 2;
    if (hasCompared && !wasSet && this.#skewMs === 0) this.#trustedOffsetMs = offsetMs;
    const up = this.#hosts().filter((host) => host.isUp()).length;
    const down = this.#hosts().length - up;
    this.#options.observer?.looked({ up, down, skewMs: this.#seenSkewMs });
  }

  get #seenSkewMs(): number {
    return medianOf([...this.#states.values()].map((state) => state.skewMs));
  }

  /** 0 while it is within what is allowed. */
  get #skewMs(): number {
    const skewMs = this.#seenSkewMs;
    return Math.abs(skewMs) > this.#options.maxClockSkewMs ? skewMs : 0;
  }

  /** Why readings cannot be taken now, so that what is acknowledged is true; undefined when they can. */
  get refusal(): string | undefined {
    const ofClock = this.#refusalOfClock;
    const unsynced = this.#unsynced;
    if (ofClock !== undefined || unsynced.length === 0) return ofClock;
    return `commitlog_sync must be batch or group on every node, and is not on ${unsynced.join(', ')}.`;
  }

  get #refusalOfClock(): string | undefined {
    const skewMs = this.#skewMs;
    if (skewMs !== 0) {
      const direction = skewMs > 0 ? 'ahead of' : 'behind';
      return `The clock of this process is ${Math.round(Math.abs(skewMs))} ms ${direction} the cluster's.`;
    }
    // At once, before the nodes are asked again.
    const setByMs = clockOffsetMs() - (this.#trustedOffsetMs ?? Number.POSITIVE_INFINITY);
    if (Math.abs(setByMs) > this.#options.maxClockSkewMs) {
      return 'The clock of this process has been set, and has not been compared with the cluster yet.';
    }
    return undefined;
  }

  /** Nodes that answer before they have synced. */
  get #unsynced(): string[] {
    return [...this.#states].flatMap(([address, { commitlogSync }]) =>
      commitlogSync === undefined || ['batch', 'group'].includes(commitlogSync)
        ? []
        : [`${address} (${commitlogSync})`],
    );
  }

  /** What a person should look at though all is served. */
  get warnings(): string[] {
    const down = this.#hosts().filter((host) => !host.isUp());
    const silent = this.#hosts()
      .filter((host) => host.isUp() && this.#states.get(host.address)?.commitlogSync === undefined)
      .map(({ address }) => address);
    return [
      ...down.map(({ address }) => `The Cassandra node ${address} does not answer.`),
      ...silent.map(
        (address) => `${address} does not tell whether its commitlog_sync is batch or group.`,
      ),
    ];
  }

  /** Why neither readings nor queries are served; undefined when some or all are. */
  get outage(): string | undefined {
    const hosts = this.#hosts();
    const up = hosts.filter((host) => host.isUp()).length;
    const needed = Math.floor(this.#replicas / 2) + 1;
    if (up >= needed) return undefined;
    return `Of ${hosts.length} Cassandra nodes ${up} answer, and it takes ${needed}.`;
  }

  /** How many nodes keep each row; 1 where that is not known. */
  get #replicas(): number {
    const { client, keyspace, dataCenter } = this.#options;
    // The driver's own types leave it out.
    const known = client.metadata.keyspaces[keyspace] as KeyspaceOptions | undefined;
    // "3", or "3/1" with transient ones.
    return Number.parseInt(known?.strategyOptions?.[dataCenter] ?? '1', 10);
  }

  /**
   * Without the names of nodes, which are nothing to those who send readings.
   * @throws StoreUnavailableError when an acknowledgement would not be true.
   */
  check(): void {
    const refusal = this.#refusalOfClock ?? (this.#unsynced.length > 0 ? UNSYNCED : undefined);
    if (refusal !== undefined) throw new StoreUnavailableError(refusal, RETRY_AFTER_SECONDS);
  }

  async stop(): Promise<void> {
    await this.#recurring?.close();
  }

  #hosts(): readonly Host[] {
    const { client, dataCenter } = this.#options;
    return client.hosts.values().filter(({ datacenter }) => datacenter === dataCenter);
  }

  async #ask(host: Host): Promise<'told' | 'silent'> {
    const { client } = this.#options;
    const options = {
      ...{ host, prepare: false, consistency: types.consistencies.one },
      readTimeout: READ_TIMEOUT_MS,
    };
    try {
      const sentMs = Date.now();
      const [row] = (await client.execute(CLOCK, [], options)).rows;
      const skewMs = certainSkewMs({ sentMs, receivedMs: Date.now() }, row?.now.getTime());
      const commitlogSync = await client.execute(COMMITLOG, [], options).then(
        ({ rows }) => rows[0]?.value as string | undefined,
        // Services that only speak the same protocol have no such table.
        () => this.#states.get(host.address)?.commitlogSync,
      );
      this.#states.set(host.address, { skewMs, commitlogSync });
      return 'told';
    } catch {
      // What was known of it holds: whether it is up is the driver's to know.
      return 'silent';
    }
  }
}
