import { isIP } from 'node:net';
import { isAbsolute, relative } from 'node:path';
import type { RotatedFileOptions } from './audit/rotated-file.ts';
import { hostNameOf, isLoopback } from './host-names.ts';
import type { TlsFilePaths } from './http/tls-files.ts';
import { DEVICE_PRIORITIES, type DevicePriority } from './readings/device-priority.ts';
import { parseDevicePriorities } from './readings/parse-device-priorities.ts';
import { isSameFile, realPathOf } from './real-path.ts';
import type { CassandraSettings } from './storage/cassandra/cassandra-settings.ts';
import { parseStoreAddress } from './storage/cassandra/store-address.ts';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
const KIB = 1024;
const MIB = 1024 * KIB;

/** How the service runs. */
export interface Settings {
  /** 0 lets the system pick a free one. */
  readonly port: number;
  readonly host: string;
  /**
   * Names that a request's Host may have besides those of this machine alone (loopback); undefined
   * allows any, as beyond loopback when none is set.
   */
  readonly allowedHosts: readonly string[] | undefined;
  /** Origins whose pages may use the service, besides its own. */
  readonly corsOrigins: readonly string[];
  /** Files of a certificate and its key; undefined listens without TLS. */
  readonly tls: TlsFilePaths | undefined;
  /** A file of API keys; undefined asks nobody for one. */
  readonly apiKeysFile: string | undefined;
  /** Where it is noted who did what with whose readings; undefined: nowhere. */
  readonly audit: RotatedFileOptions | undefined;
  /** The cluster that keeps the readings; undefined: the service itself, in its data folder. */
  readonly cassandra: CassandraSettings | undefined;
  readonly dataDir: string;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  readonly maxBodyBytes: number;
  /** A log segment is turned into Parquet when nothing was written to it for so long. */
  readonly flushQuietMs: number;
  /** … or when its first reading is so old. */
  readonly flushIntervalMs: number;
  /** … or when it is so large. */
  readonly segmentMaxBytes: number;
  /** So much memory for readings not yet in Parquet, and the service refuses more until some are. */
  readonly maxUnflushedBytes: number;
  /** Whole days that ended longer ago are dropped; undefined keeps all. */
  readonly retentionDays: number | undefined;
  readonly devicePriorities: readonly DevicePriority[];
  /** So many clients may follow readings live at once. */
  readonly maxStreams: number;
  /** So many exports may run at once. */
  readonly maxExports: number;
  /** So many connections may be open at once. */
  readonly maxConnections: number;
  /** How many requests a client may send; undefined: any number. */
  readonly rateLimit: { readonly perSecond: number; readonly burst: number } | undefined;
  /** Addresses and networks of proxies whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[];
  /** So many queries may be under way at once … */
  readonly maxQueries: number;
  /** … and so many more wait for that. */
  readonly maxQueuedQueries: number;
  /** How long it goes on serving after it was told to stop, and says that it is not ready. */
  readonly shutdownDelayMs: number;
  /** The name in traces; undefined when nobody collects them. */
  readonly tracedAs: string | undefined;
  /** After that it has so long to end in order. */
  readonly shutdownDeadlineMs: number;
}

/** Everything that is wrong with the environment, one message for each mistake. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  readonly mistakes: readonly string[];

  constructor(mistakes: readonly string[]) {
    super(mistakes.join('\n'));
    this.mistakes = mistakes;
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

const isNetwork = (text: string): boolean => {
  const [address = '', prefix, ...more] = text.split('/');
  const family = isIP(address);
  if (family === 0 || more.length > 0) return false;
  const bits = family === 4 ? 32 : 128;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits);
};

/** Takes variables out of an environment and notes what is wrong with them. */
class EnvironmentReader {
  readonly mistakes: string[] = [];
  readonly #environment: Environment;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  /** A variable that is set to nothing counts as not set. */
  text(name: string, byDefault: string): string {
    return this.#environment[name] || byDefault;
  }

  integer(name: string, byDefault: number, min: number, max: number): number {
    const text = this.text(name, String(byDefault));
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    this.#refuse(name, text, `a whole number from ${min} to ${max}`);
    return byDefault;
  }

  /** Undefined when it is not set. */
  optionalInteger(name: string, min: number, max: number): number | undefined {
    return this.text(name, '') === '' ? undefined : this.integer(name, min, min, max);
  }

  /** Undefined when it is not set. */
  optionalText(name: string): string | undefined {
    return this.text(name, '') || undefined;
  }

  flag(name: string): boolean {
    return this.oneOf(name, 'false', ['true', 'false']) === 'true';
  }

  /** Names or addresses without a port, separated by commas, as URLs spell them. */
  hosts(name: string): string[] {
    const list = this.text(name, '');
    if (list === '') return [];
    // An entry without a name is a mistake: a list of nothing else would let in any host.
    return list.split(',').flatMap((entry) => {
      const text = entry.trim();
      const host = /[^:\]]:\d*$|\]:/.test(text) ? undefined : hostNameOf(text);
      if (host === undefined) this.#refuse(name, text, 'names of hosts without ports');
      return host ?? [];
    });
  }

  /** Origins, separated by commas, as browsers spell them. */
  origins(name: string): string[] {
    const list = this.text(name, '');
    if (list === '') return [];
    return list.split(',').flatMap((entry) => {
      const text = entry.trim();
      if (/^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text) return text;
      this.#refuse(name, text, 'origins like https://app.example, without a path');
      return [];
    });
  }

  /** Addresses and networks (`10.0.0.0/8`), separated by commas. */
  networks(name: string): string[] {
    const list = this.text(name, '');
    if (list === '') return [];
    const networks = list.split(',').map((entry) => entry.trim());
    for (const text of networks) {
      if (!isNetwork(text)) this.#refuse(name, text, 'addresses or networks like 10.0.0.0/8');
    }
    return networks;
  }

  oneOf<const T extends string>(name: string, byDefault: T, allowed: readonly T[]): T {
    const text = this.text(name, byDefault);
    const found = allowed.find((each) => each === text);
    if (found !== undefined) return found;
    this.#refuse(name, text, `one of ${allowed.join(', ')}`);
    return byDefault;
  }

  /** Those of {@link DEVICE_PRIORITIES} when it is not set. */
  devicePriorities(name: string): readonly DevicePriority[] {
    const text = this.text(name, '');
    if (text === '') return DEVICE_PRIORITIES;
    const { priorities, mistakes } = parseDevicePriorities(text);
    this.mistakes.push(...mistakes.map((mistake) => `${name} ${mistake}`));
    return priorities;
  }

  #refuse(name: string, text: string, expected: string): void {
    this.mistakes.push(`${name} must be ${expected}, not ${JSON.stringify(text)}`);
  }
}

const isLoopbackAddress = (host: string): boolean => host === '::1' || isLoopback(host);

/** Both files or none. */
const tlsFilesOf = (reader: EnvironmentReader): TlsFilePaths | undefined => {
  const certFile = reader.optionalText('TLS_CERT_FILE');
  const keyFile = reader.optionalText('TLS_KEY_FILE');
  if (certFile !== undefined && keyFile !== undefined) return { certFile, keyFile };
  if (certFile !== keyFile) {
    reader.mistakes.push('TLS_CERT_FILE and TLS_KEY_FILE belong together: set both or none');
  }
  return undefined;
};

const isWithin = (folder: string, path: string): boolean =>
  !/^\.\.(?:[\\/]|$)/.test(relative(folder, path)) && !isAbsolute(relative(folder, path));

/** Files that are read, and that lines of an audit log would break. */
const FILES_TO_READ = ['API_KEYS_FILE', 'TLS_CERT_FILE', 'TLS_KEY_FILE', 'CASSANDRA_CA_FILE'];

/** Whether a file is the audit log, or has the name that it gets when it is full. */
const isOfAudit = (auditPath: string, path: string): boolean =>
  path === auditPath ||
  (path.startsWith(`${auditPath}.`) && /^\d+$/.test(path.slice(auditPath.length + 1)));

const auditOf = (reader: EnvironmentReader, dataDir: string): Settings['audit'] => {
  const path = reader.optionalText('AUDIT_FILE');
  const maxBytes = reader.integer('AUDIT_MAX_BYTES', 64 * MIB, 64 * KIB, 64 * KIB * MIB);
  const maxFullFiles = reader.integer('AUDIT_FILES', 20, 1, 10_000);
  if (path === undefined) return undefined;
  const realPath = realPathOf(path);
  // Whose files are all the store's; and those who may see the one need not see the other.
  if (isWithin(realPathOf(dataDir), realPath)) {
    reader.mistakes.push('AUDIT_FILE must be outside of DATA_DIR, where all files are data');
  }
  for (const name of FILES_TO_READ) {
    const other = reader.optionalText(name);
    if (other === undefined) continue;
    if (!isOfAudit(realPath, realPathOf(other)) && !isSameFile(realPath, other)) continue;
    reader.mistakes.push(`AUDIT_FILE must be another file than ${name}, which lines would break`);
  }
  return { path, maxBytes, maxFullFiles };
};

/** The cluster of STORE, with what the other variables say of it. */
const cassandraOf = (reader: EnvironmentReader): CassandraSettings | undefined => {
  const store = reader.optionalText('STORE');
  const username = reader.optionalText('CASSANDRA_USERNAME');
  const password = reader.optionalText('CASSANDRA_PASSWORD');
  const isTls = reader.flag('CASSANDRA_TLS');
  const caFile = reader.optionalText('CASSANDRA_CA_FILE');
  const replicationFactor = reader.integer('CASSANDRA_REPLICATION_FACTOR', 3, 1, 100);
  const maxClockSkewMs = reader.integer('CASSANDRA_MAX_CLOCK_SKEW_MS', 100, 1, 10_000);
  if ((username === undefined) !== (password === undefined)) {
    reader.mistakes.push('CASSANDRA_USERNAME and CASSANDRA_PASSWORD belong together: set both');
  }
  if (caFile !== undefined && !isTls) {
    reader.mistakes.push('CASSANDRA_CA_FILE is for CASSANDRA_TLS=true: set that, or unset it');
  }
  if (store === undefined) return undefined;
  const address = parseStoreAddress(store);
  if (typeof address === 'string') {
    reader.mistakes.push(`STORE ${address}`);
    return undefined;
  }
  return {
    ...address,
    credentials:
      username === undefined || password === undefined ? undefined : { username, password },
    tls: isTls ? { caFile } : undefined,
    ...{ replicationFactor, maxClockSkewMs },
  };
};

/** Beyond loopback the service asks who is there, unless it is told not to. */
const checkAccess = (reader: EnvironmentReader, { host, apiKeysFile }: Settings): void => {
  const isAnonymousAllowed = reader.flag('ALLOW_ANONYMOUS');
  if (apiKeysFile !== undefined && isAnonymousAllowed) {
    reader.mistakes.push('ALLOW_ANONYMOUS=true and API_KEYS_FILE contradict each other: unset one');
  }
  if (isLoopbackAddress(host) || apiKeysFile !== undefined || isAnonymousAllowed) return;
  reader.mistakes.push(
    `HOST ${JSON.stringify(host)} lets other machines in, and the service asks nobody who they ` +
      'are: set API_KEYS_FILE (heart-rate keys create makes one), or ALLOW_ANONYMOUS=true if ' +
      'all who reach it may read, write and erase everything',
  );
};

/** What is sent at once by default takes two seconds to earn. */
const rateLimitOf = (reader: EnvironmentReader): Settings['rateLimit'] => {
  const perSecond = reader.integer('RATE_LIMIT', 0, 0, 1_000_000);
  const burst = reader.integer('RATE_LIMIT_BURST', Math.max(1, 2 * perSecond), 1, 10_000_000);
  return perSecond === 0 ? undefined : { perSecond, burst };
};

/**
 * The settings that the environment's variables say, defaults where they say nothing.
 * Throws a {@link SettingsError} that names every mistake at once.
 */
export const readSettings = (environment: Environment): Settings => {
  const reader = new EnvironmentReader(environment);
  const flushIntervalMs = reader.integer('FLUSH_INTERVAL_MS', 60_000, 10, 86_400_000);
  const host = reader.text('HOST', '127.0.0.1');
  const dataDir = reader.text('DATA_DIR', './data');
  const allowedHosts = reader.hosts('ALLOWED_HOSTS');
  const settings: Settings = {
    port: reader.integer('PORT', 8000, 0, 65_535),
    host,
    allowedHosts: isLoopbackAddress(host) || allowedHosts.length > 0 ? allowedHosts : undefined,
    corsOrigins: reader.origins('CORS_ORIGINS'),
    tls: tlsFilesOf(reader),
    apiKeysFile: reader.optionalText('API_KEYS_FILE'),
    audit: auditOf(reader, dataDir),
    cassandra: cassandraOf(reader),
    dataDir,
    logLevel: reader.oneOf('LOG_LEVEL', 'info', LOG_LEVELS),
    maxBodyBytes: reader.integer('MAX_BODY_BYTES', 8 * MIB, KIB, 256 * MIB),
    // Above the interval it would say nothing.
    flushQuietMs: reader.integer(
      'FLUSH_QUIET_MS',
      Math.min(5_000, flushIntervalMs),
      10,
      flushIntervalMs,
    ),
    flushIntervalMs,
    segmentMaxBytes: reader.integer('SEGMENT_MAX_BYTES', 64 * MIB, KIB, KIB * MIB),
    maxUnflushedBytes: reader.integer('MAX_UNFLUSHED_BYTES', 256 * MIB, MIB, 64 * KIB * MIB),
    retentionDays: reader.optionalInteger('RETENTION_DAYS', 1, 100_000),
    devicePriorities: reader.devicePriorities('DEVICE_PRIORITIES'),
    maxStreams: reader.integer('MAX_STREAMS', 2_000, 0, 100_000),
    maxExports: reader.integer('MAX_EXPORTS', 8, 0, 1_000),
    maxConnections: reader.integer('MAX_CONNECTIONS', 10_000, 1, 1_000_000),
    rateLimit: rateLimitOf(reader),
    trustedProxies: reader.networks('TRUSTED_PROXIES'),
    maxQueries: reader.integer('MAX_QUERIES', 64, 1, 10_000),
    maxQueuedQueries: reader.integer('MAX_QUEUED_QUERIES', 1_000, 0, 100_000),
    shutdownDelayMs: reader.integer('SHUTDOWN_DELAY_MS', 0, 0, 600_000),
    tracedAs:
      reader.text('OTEL_EXPORTER_OTLP_ENDPOINT', '') === ''
        ? undefined
        : reader.text('OTEL_SERVICE_NAME', 'heart-rate'),
    shutdownDeadlineMs: reader.integer('SHUTDOWN_DEADLINE_MS', 25_000, 100, 3_600_000),
  };
  checkAccess(reader, settings);
  if (reader.mistakes.length > 0) throw new SettingsError(reader.mistakes);
  return settings;
};
