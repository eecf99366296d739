import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { SecuredNode } from '../cluster/node-files.ts';

const run = promisify(execFile);
const PASSWORD = 'of the keystore';

/** A new key and a certificate of an address, signed by itself, in a keystore and in PEM. */
export const writeKeystore = async (
  folder: string,
  name: string,
  address: string,
): Promise<SecuredNode & { readonly caFile: string }> => {
  const [keystoreFile, caFile] = [join(folder, `${name}.p12`), join(folder, `${name}.pem`)];
  const store = ['-keystore', keystoreFile, '-storepass', PASSWORD, '-alias', 'node'];
  await run('keytool', [
    ...['-genkeypair', ...store, '-keyalg', 'EC', '-validity', '2'],
    ...['-dname', 'CN=node', '-ext', `san=ip:${address}`],
  ]);
  const { stdout } = await run('keytool', ['-exportcert', '-rfc', ...store]);
  await writeFile(caFile, stdout);
  return { keystoreFile, keystorePassword: PASSWORD, caFile };
};
