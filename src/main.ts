import { setTimeout as sleep } from 'node:timers/promises';
import { exitNow } from './exit-now.ts';
import { readPackageFile } from './package-file.ts';
import { keepFilesFromOthers } from './private-files.ts';
import { readSettings, type Settings, SettingsError } from './settings.ts';
import { messageOf } from './thrown.ts';

/** Ends the process with one line that says what is wrong, and no stack. */
const giveUp = (message: string): never => {
  process.stderr.write(`${message}\n`);
  process.exit(1);
};

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined;

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : '');

const checkNodeVersion = (): void => {
  const { engines }: { engines: { node: string } } = JSON.parse(readPackageFile('package.json'));
  const needed = engines.node.replace('>=', '');
  const [major = 0, minor = 0] = needed.split('.').map(Number);
  const [actualMajor = 0, actualMinor = 0] = process.versions.node.split('.').map(Number);
  if (actualMajor > major || (actualMajor === major && actualMinor >= minor)) return;
  giveUp(`This is Node ${process.versions.node}; the service needs ${needed} or later.`);
};

const settingsOrGiveUp = (): Settings => {
  try {
    return readSettings(process.env);
  } catch (error) {
    if (error instanceof SettingsError) return giveUp(error.message);
    throw error;
  }
};

/** Loaded only now, so that an old Node or a bad setting gets its own message first. */
const loadServiceOrGiveUp = async () => {
  try {
    return { ...(await import('./service.ts')), ...(await import('pino')) };
  } catch (error) {
    if (!/polars|native binding|unsupported (os|architecture)/i.test(messageOf(error))) throw error;
    return giveUp(
      `The native part of nodejs-polars cannot be loaded on ${process.platform} ${process.arch}: ` +
        `${messageOf(error).split('\n')[0]}. Run "npm ci" on this machine, with optional packages.`,
    );
  }
};

const startProblem = (error: unknown, { host, port }: Settings): string => {
  // Their classes are loaded with the service, later.
  if (/^(AuditFile|FileTimeout|KeyFile|TlsFiles)Error$/.test(nameOf(error)))
    return messageOf(error);
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return `Port ${port} of ${host} is in use by another process; set PORT to a free one.`;
    case 'EACCES':
      return `Port ${port} needs more rights than this process has; set PORT to one above 1023.`;
    default:
      return `Cannot listen on ${host}, port ${port}: ${messageOf(error)}`;
  }
};

/** Nothing has been opened yet. Without a handler the first process of a container goes on. */
let onSignal: (signal: NodeJS.Signals) => void = () => process.exit(0);
process.on('SIGTERM', (signal) => onSignal(signal));
process.on('SIGINT', (signal) => onSignal(signal));

keepFilesFromOthers();
checkNodeVersion();
const settings = settingsOrGiveUp();
const { startService, pino } = await loadServiceOrGiveUp();
const logOptions = {
  level: settings.logLevel,
  base: null,
  timestamp: pino.stdTimeFunctions.isoTime,
};
const log = pino(logOptions);
/** Written before it goes on, and by no thread for files, which may be what does not answer. */
const lastLog = pino(logOptions, pino.destination({ dest: 1, sync: true }));

/** For threads that load, which takes seconds on a busy machine, to get so far that they can end. */
const LOADING_GRACE_MS = 20_000;
/** … where the time for that is over. */
const NO_MORE_GRACE_MS = 1_000;

let ending: Promise<never> | undefined;
/** Who says first how it ends; what comes after that has no say, and waits for it. */
const end = (code: number, loadingGraceMs: number, why: () => void): Promise<never> => {
  if (ending !== undefined) return ending;
  why();
  // What breaks off now is no news.
  log.level = 'silent';
  ending = exitNow(code, loadingGraceMs, () =>
    lastLog.fatal('a file, a name server or a thread does not answer: killed'),
  );
  return ending;
};

onSignal = (signal) =>
  void end(0, LOADING_GRACE_MS, () => lastLog.info({ signal }, 'stopped while it started'));
const service = await startService(settings, log).catch((error: unknown) =>
  end(1, LOADING_GRACE_MS, () => process.stderr.write(`${startProblem(error, settings)}\n`)),
);
if (ending !== undefined) await ending;
log.info({ url: service.url, docs: `${service.url}/docs` }, 'listening');

/** Ctrl-C reaches this process from the terminal, and again from the one that started it. */
const SAME_SIGNAL_MS = 1_000;

/** Nothing is lost by it: what was acknowledged is in the log. */
const endOutOfOrder = (why: object, message: string): Promise<never> =>
  end(1, NO_MORE_GRACE_MS, () => lastLog.fatal(why, message));

let stoppingSinceMs: number | undefined;
const stop = async (signal: NodeJS.Signals): Promise<void> => {
  if (stoppingSinceMs !== undefined) {
    // By itself, not by the system's default, which spares the first process of a container.
    if (performance.now() - stoppingSinceMs < SAME_SIGNAL_MS) return;
    return endOutOfOrder({ signal }, 'ended at once by another signal');
  }
  stoppingSinceMs = performance.now();
  const { shutdownDelayMs, shutdownDeadlineMs } = settings;
  log.info({ signal, shutdownDelayMs }, 'stopping');
  // A load balancer needs some time to see it, and sends requests meanwhile.
  service.announceClosing();
  if (shutdownDelayMs > 0) await sleep(shutdownDelayMs);
  let waitsFor = '';
  setTimeout(
    () =>
      void endOutOfOrder({ shutdownDeadlineMs, waitsFor }, 'could not stop within the deadline'),
    shutdownDeadlineMs,
  );
  try {
    await service.close((step) => {
      waitsFor = step;
    });
    await end(0, LOADING_GRACE_MS, () => log.info('stopped'));
  } catch (error) {
    await endOutOfOrder({ err: error }, 'could not stop in order');
  }
};
onSignal = (signal) => void stop(signal);

const { dataDir, cassandra } = settings;
const storage =
  cassandra === undefined
    ? { dataDir }
    : { cassandra: cassandra.contactPoints, keyspace: cassandra.keyspace };
try {
  await service.open();
  log.info(storage, 'ready');
} catch (error) {
  // Told to stop while it opened; that ends the process.
  if (stoppingSinceMs === undefined) {
    const what =
      cassandra === undefined ? `data folder ${dataDir}` : `keyspace ${cassandra.keyspace}`;
    const why = `Cannot open the ${what}: ${messageOf(error)}`;
    await end(1, LOADING_GRACE_MS, () => process.stderr.write(`${why}\n`));
  }
}
