import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** How a node acknowledges: `batch` and `group` after an fsync, `periodic` before. */
export type CommitlogSync = 'batch' | 'group' | 'periodic';

/** A node that asks for a password and speaks TLS alone, with the key in a keystore. */
export interface SecuredNode {
  readonly keystoreFile: string;
  readonly keystorePassword: string;
}

/** Who a node lets in when it is new. */
export const SUPERUSER = { username: 'cassandra', password: 'cassandra' } as const;

/** What a node is made of; its files are all in its folder. */
export interface NodeSpec {
  readonly folder: string;
  /** Counted from 1. */
  readonly number: number;
  /** The addresses of all nodes, this one's among them. */
  readonly addresses: readonly string[];
  readonly commitlogSync: CommitlogSync;
  readonly heapMib: number;
  /** The full just-in-time compiler: slower to start and faster when warm, for benchmarks. */
  readonly fullJit: boolean;
  /** Undefined: it asks nobody who they are, and speaks no TLS. */
  readonly secured?: SecuredNode | undefined;
}

export const CQL_PORT = 9042;
export const GOSSIP_PORT = 7000;

export const addressOf = ({ number, addresses }: NodeSpec): string => addresses[number - 1] ?? '';

const SYNC: Readonly<Record<CommitlogSync, string>> = {
  batch: 'commitlog_sync: batch',
  group: 'commitlog_sync: group\ncommitlog_sync_group_window: 2ms',
  periodic: 'commitlog_sync: periodic\ncommitlog_sync_period: 10s',
};

/**
 * One token for each node, chosen beforehand, and all of them seeds: nothing is to be handed over
 * when they start, so they start together, in any order.
 */
const tokenOf = ({ number, addresses }: NodeSpec): bigint =>
  -(2n ** 63n) + 1n + (2n ** 64n / BigInt(addresses.length)) * BigInt(number - 1);

const security = ({ keystoreFile, keystorePassword }: SecuredNode): string => `
authenticator: PasswordAuthenticator
authorizer: CassandraAuthorizer
role_manager: CassandraRoleManager
client_encryption_options:
  enabled: true
  optional: false
  keystore: ${keystoreFile}
  keystore_password: ${keystorePassword}
  require_client_auth: false
`;

const configuration = (node: NodeSpec): string => `cluster_name: heart-rate-tests
partitioner: org.apache.cassandra.dht.Murmur3Partitioner
num_tokens: 1
initial_token: ${tokenOf(node)}
auto_bootstrap: false
endpoint_snitch: SimpleSnitch
seed_provider:
  - class_name: org.apache.cassandra.locator.SimpleSeedProvider
    parameters: [{ seeds: "${node.addresses.join(',')}" }]
listen_address: ${addressOf(node)}
rpc_address: ${addressOf(node)}
storage_port: ${GOSSIP_PORT}
native_transport_port: ${CQL_PORT}
${SYNC[node.commitlogSync]}
commitlog_segment_size: 16MiB
commitlog_total_space: 256MiB
disk_failure_policy: die
commit_failure_policy: die
storage_compatibility_mode: NONE
sstable: { selected_format: bti }
memtable: { configurations: { default: { class_name: TrieMemtable } } }
memtable_allocation_type: offheap_objects
concurrent_compactors: 1
dynamic_snitch: false
hints_flush_period: 1s
auto_snapshot: false
${node.secured === undefined ? '' : security(node.secured)}`;

const logging = (folder: string): string => `<configuration>
  <appender name="FILE" class="ch.qos.logback.core.FileAppender">
    <file>${join(folder, 'system.log')}</file>
    <append>true</append>
    <encoder><pattern>%-5level %d{HH:mm:ss.SSS} %logger{0} %msg%n</pattern></encoder>
  </appender>
  <root level="INFO"><appender-ref ref="FILE"/></root>
</configuration>
`;

// What Cassandra 5.0 reaches into on Java 17: conf/jvm17-server.options of its distribution.
const EXPORTED = [
  ...['java.base/jdk.internal.misc', 'java.base/java.lang.ref', 'java.base/sun.nio.ch'],
  ...['java.management.rmi/com.sun.jmx.remote.internal.rmi', 'java.rmi/sun.rmi.registry'],
  ...['java.rmi/sun.rmi.server', 'java.sql/java.sql', 'jdk.attach/sun.tools.attach'],
  ...['jdk.compiler/com.sun.tools.javac.file', 'jdk.unsupported/sun.misc'],
];
const OPENED = [
  ...['java.io', 'java.lang', 'java.lang.module', 'java.lang.reflect', 'java.nio', 'java.util'],
  ...['sun.nio.ch', 'jdk.internal.loader', 'jdk.internal.math', 'jdk.internal.module'],
  ...['jdk.internal.ref', 'jdk.internal.reflect', 'jdk.internal.util.jar'],
].map((name) => `java.base/${name}`);
const OPENED_TOOLS = [
  'jdk.compiler/com.sun.tools.javac',
  'jdk.management/com.sun.management.internal',
];

/** The options of the node's Java; `ring_delay_ms` below 5000 makes nodes drop each other. */
export const javaOptions = (node: NodeSpec): string[] => [
  `-Xms${node.heapMib}m`,
  `-Xmx${node.heapMib}m`,
  `-XX:MaxDirectMemorySize=${node.heapMib}m`,
  '-XX:+UseSerialGC',
  '-XX:+ExitOnOutOfMemoryError',
  '-XX:+PerfDisableSharedMem',
  ...(node.fullJit ? [] : ['-XX:TieredStopAtLevel=1']),
  `-Djava.io.tmpdir=${join(node.folder, 'tmp')}`,
  '-Djava.net.preferIPv4Stack=true',
  '-Djdk.attach.allowAttachSelf=true',
  '-Dio.netty.tryReflectionSetAccessible=true',
  `-Dlogback.configurationFile=${join(node.folder, 'logback.xml')}`,
  `-Dcassandra.config=file://${join(node.folder, 'cassandra.yaml')}`,
  `-Dcassandra.storagedir=${join(node.folder, 'data')}`,
  `-Dcassandra.logdir=${node.folder}`,
  '-Dcassandra.ring_delay_ms=5000',
  '-Dcassandra.skip_wait_for_gossip_to_settle=0',
  '-Dcassandra.superuser_setup_delay_ms=0',
  '-Dcassandra.shutdown_announce_in_ms=0',
  ...EXPORTED.map((name) => `--add-exports=${name}=ALL-UNNAMED`),
  ...[...OPENED, ...OPENED_TOOLS].map((name) => `--add-opens=${name}=ALL-UNNAMED`),
];

/** Writes what the node reads when it starts; its data stays as it is. */
export const writeNodeFiles = async (node: NodeSpec): Promise<void> => {
  for (const name of ['data', 'tmp']) await mkdir(join(node.folder, name), { recursive: true });
  await writeFile(join(node.folder, 'cassandra.yaml'), configuration(node));
  await writeFile(join(node.folder, 'logback.xml'), logging(node.folder));
};
