import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  askLocally,
  closeServer,
  listenLocally,
} from '../../../../src/storage/parquet/disk/local-socket.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const listening = async (answer: () => string): Promise<string> => {
  const address = join(await temporaryFolder(), 'one.sock');
  const server = await listenLocally(address, answer);
  onTestFinished(() => closeServer(server));
  return address;
};

describe.runIf(process.platform !== 'win32')('who is asked at an address', () => {
  it('answers with what it has to say then', async () => {
    let times = 0;
    const address = await listening(() => `time ${++times}`);
    expect(await askLocally(address)).toEqual({ kind: 'answered', text: 'time 1' });
    expect(await askLocally(address)).toEqual({ kind: 'answered', text: 'time 2' });
  });

  it('is silent when it says nothing', async () => {
    expect(await askLocally(await listening(() => ''))).toEqual({ kind: 'silent' });
  });

  it('is nobody where there is no such name, or no process behind it', async () => {
    const folder = await temporaryFolder();
    expect(await askLocally(join(folder, 'none.sock'))).toEqual({ kind: 'nobody' });
    await writeFile(join(folder, 'dead.sock'), '');
    expect(await askLocally(join(folder, 'dead.sock'))).toEqual({ kind: 'nobody' });
  });

  it('is not nobody when it cannot be told', async () => {
    const file = join(await temporaryFolder(), 'file');
    await writeFile(file, '');
    expect(await askLocally(join(file, 'one.sock'))).toEqual({ kind: 'silent' });
  });

  it('cannot listen where another does', async () => {
    const address = await listening(() => 'first');
    await expect(listenLocally(address, () => 'second')).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
    expect(await askLocally(address)).toEqual({ kind: 'answered', text: 'first' });
  });
});
