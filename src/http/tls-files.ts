import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { type FileObserver, FileWatch, type FileWatchTimes } from '../file-watch.ts';
import { readRegularFile } from '../regular-file.ts';
import { messageOf } from '../thrown.ts';

/** Of a chain of some certificates, or a key. */
const MAX_BYTES = 1024 * 1024;

/** In PEM. */
export interface TlsCredentials {
  /** With the certificates of those that stand between it and one that clients know. */
  readonly cert: Buffer;
  readonly key: Buffer;
}

export interface TlsFilePaths {
  readonly certFile: string;
  readonly keyFile: string;
}

/** The files cannot be read, or are no certificate with its key. */
export class TlsFilesError extends Error {
  override readonly name = 'TlsFilesError';
}

/** Rejects with an error that says which of the files it is about. */
const readOne = async (path: string): Promise<Buffer> => {
  try {
    return await readRegularFile(path, MAX_BYTES);
  } catch (error) {
    throw new Error(`${path} cannot be read: ${messageOf(error)}`);
  }
};

const read = async ({ certFile, keyFile }: TlsFilePaths): Promise<TlsCredentials> => {
  try {
    const [cert, key] = await Promise.all([readOne(certFile), readOne(keyFile)]);
    // Throws when they are not what they should be, or do not belong together.
    createSecureContext({ cert, key });
    return { cert, key };
  } catch (error) {
    // Without it as the cause: logs would say the same twice.
    const why = messageOf(error);
    throw new TlsFilesError(`TLS_CERT_FILE and TLS_KEY_FILE cannot be used: ${why}`);
  }
};

const PEM = /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----[^-]+-----END [^-]+-----/g;

/** When the first of the certificates ends to be valid: clients refuse the chain from then on. */
const notAfterMsOf = (cert: Buffer): number => {
  const chain = cert.toString('latin1').match(PEM) ?? [cert];
  return Math.min(...chain.map((each) => Date.parse(new X509Certificate(each).validTo)));
};

/**
 * The certificate and key of two files; `use` gets them each time that they have changed. Of two
 * that do not belong together, as while they are being renewed, nothing is used.
 * Rejects with a {@link TlsFilesError} when they cannot be used to begin with.
 */
export const watchTlsFiles = async (
  paths: TlsFilePaths,
  observer: FileObserver,
  times?: FileWatchTimes,
) => {
  let use: ((credentials: TlsCredentials) => void) | undefined;
  let credentials!: TlsCredentials;
  let notAfterMs = 0;
  const load = async () => {
    credentials = await read(paths);
    notAfterMs = notAfterMsOf(credentials.cert);
    use?.(credentials);
  };
  const files = [paths.certFile, paths.keyFile];
  const watch = await FileWatch.start(files, load, observer, times);
  return {
    watch,
    credentials: () => credentials,
    /** When a certificate of the chain ends to be valid, in milliseconds since 1970. */
    notAfterMs: () => notAfterMs,
    /** `listener` gets those that there are now, too: they may have changed since they were asked for. */
    onChange: (listener: NonNullable<typeof use>) => {
      use = listener;
      listener(credentials);
    },
  };
};
