import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CassandraNode } from './cassandra-node.ts';
import { cassandraJars } from './jars.ts';
import type { CommitlogSync, SecuredNode } from './node-files.ts';
import { settled } from './settled.ts';

export interface ClusterOptions {
  readonly nodes?: number;
  readonly commitlogSync?: CommitlogSync;
  readonly heapMib?: number;
  readonly fullJit?: boolean;
  readonly secured?: SecuredNode;
  /** Nodes stand on `<prefix>.1` and on, so that clusters can stand beside each other. */
  readonly prefix?: string;
}

/** As many nodes as tests are to have: one, unless `CASSANDRA_NODES` says more. */
export const nodesOfTests = (): number => Number(process.env.CASSANDRA_NODES || 1);

/** Apache Cassandra on this machine's loopback addresses, in a folder that goes with it. */
export class Cluster {
  readonly nodes: readonly CassandraNode[];
  readonly #folder: string;
  readonly #onExit = () => {
    for (const node of this.nodes) node.signalAtOnce();
  };

  private constructor(nodes: readonly CassandraNode[], folder: string) {
    this.nodes = nodes;
    this.#folder = folder;
    process.on('exit', this.#onExit);
  }

  /** Resolves when every node serves and knows of all others. */
  static async start(options: ClusterOptions = {}): Promise<Cluster> {
    const { nodes: count = 1, commitlogSync = 'batch', heapMib = 512, fullJit = false } = options;
    const { secured } = options;
    const { prefix = process.env.CASSANDRA_PREFIX || '127.0.0' } = options;
    const jars = await cassandraJars();
    const folder = await mkdtemp(join(tmpdir(), 'heart-rate-cassandra-'));
    const addresses = Array.from({ length: count }, (_, at) => `${prefix}.${at + 1}`);
    const nodes = addresses.map(
      (_, at) =>
        new CassandraNode(
          {
            folder: join(folder, `node${at + 1}`),
            number: at + 1,
            ...{ addresses, commitlogSync, heapMib, fullJit, secured },
          },
          jars,
        ),
    );
    const cluster = new Cluster(nodes, folder);
    try {
      await cluster.#launch(nodes);
    } catch (error) {
      await cluster.close();
      throw error;
    }
    return cluster;
  }

  get addresses(): string[] {
    return this.nodes.map(({ address }) => address);
  }

  /** Counted from 1. */
  node(number: number): CassandraNode {
    const node = this.nodes[number - 1];
    if (node === undefined) throw new Error(`there is no node ${number}`);
    return node;
  }

  /** Nodes that were ended, from their disks; resolves as the start does. */
  async restart(...numbers: number[]): Promise<void> {
    await this.#launch(numbers.map((number) => this.node(number)));
  }

  /** Ends every node and takes its files away. */
  async close(): Promise<void> {
    // Nobody needs what they would flush.
    await Promise.all(this.nodes.map((node) => node.kill()));
    process.off('exit', this.#onExit);
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #launch(nodes: readonly CassandraNode[]): Promise<void> {
    for (const node of nodes) await node.launch();
    await settled(this.nodes);
  }
}
