import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export const hasOpenssl = (): boolean => spawnSync('openssl', ['version']).status === 0;

/** Why a test is skipped without it; the default reporter keeps a skipped test's note to itself. */
export const withoutOpenssl = (skip: (why: string) => never): never => {
  const why = 'There is no openssl, which makes certificates.';
  console.warn(why);
  return skip(why);
};

/** Writes a certificate of this machine, signed by itself, and its key into a folder. */
export const writeSelfSigned = async (folder: string, days = 2) => {
  const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  const names = 'subjectAltName=DNS:localhost,IP:127.0.0.1';
  const { status, stderr } = spawnSync('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
    ...['-days', String(days), '-subj', '/CN=localhost', '-addext', names],
    ...['-keyout', keyFile, '-out', certFile],
  ]);
  if (status !== 0) throw new Error(stderr.toString());
  const [cert, key] = await Promise.all([readFile(certFile), readFile(keyFile)]);
  return { certFile, keyFile, cert, key };
};
