import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { type FileObserver, FileWatch } from '../file-watch.ts';

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

const read = async ({ certFile, keyFile }: TlsFilePaths): Promise<TlsCredentials> => {
  try {
    const [cert, key] = await Promise.all([readFile(certFile), readFile(keyFile)]);
    // Throws when they are not what they should be, or do not belong together.
    createSecureContext({ cert, key });
    return { cert, key };
  } catch (cause) {
    const why = (cause as Error).message;
    throw new TlsFilesError(`TLS_CERT_FILE and TLS_KEY_FILE cannot be used: ${why}`, { cause });
  }
};

/**
 * The certificate and key of two files; `use` gets them each time that they have changed. Of two
 * that do not belong together, as while they are being renewed, nothing is used.
 * Rejects with a {@link TlsFilesError} when they cannot be used to begin with.
 */
export const watchTlsFiles = async (
  paths: TlsFilePaths,
  observer: FileObserver,
  intervalMs?: number,
) => {
  let use: ((credentials: TlsCredentials) => void) | undefined;
  let credentials = await read(paths);
  const load = async () => {
    credentials = await read(paths);
    use?.(credentials);
  };
  const files = [paths.certFile, paths.keyFile];
  const watch = await FileWatch.start(files, load, observer, intervalMs);
  return {
    watch,
    credentials: () => credentials,
    onChange: (listener: typeof use) => {
      use = listener;
    },
  };
};
