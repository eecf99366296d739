import { connect, createServer, type Server } from 'node:net';
import { hasCode } from '../../../thrown.ts';

/** What a connection to an address brought. */
export type SocketAnswer =
  | { readonly kind: 'answered'; readonly text: string }
  /** Nobody listens there. */
  | { readonly kind: 'nobody' }
  /** Somebody listens and says nothing, or it cannot be told. */
  | { readonly kind: 'silent' };

const ANSWER_TIMEOUT_MS = 1000;
/** What a connection to a name meets that no process listens on any more. */
const NOBODY = ['ECONNREFUSED', 'ENOENT'];

/** Listens at a local address and tells whoever connects what `answer` gives then. */
export const listenLocally = (address: string, answer: () => string): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      // Whoever asked may be gone before it reads the answer.
      socket.on('error', () => socket.destroy());
      socket.end(answer());
    });
    server.on('error', reject);
    server.listen(address, () => {
      server.unref();
      resolve(server);
    });
  });

export const closeServer = (server: Server): Promise<void> =>
  new Promise((resolve) => server.close(() => resolve()));

/** Asks whoever listens at a local address. */
export const askLocally = (address: string): Promise<SocketAnswer> =>
  new Promise((resolve) => {
    let text = '';
    const socket = connect(address);
    const end = (answer: SocketAnswer): void => {
      resolve(answer);
      socket.destroy();
    };
    socket.setTimeout(ANSWER_TIMEOUT_MS, () => end({ kind: 'silent' }));
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    socket.on('error', (error) => {
      end({ kind: NOBODY.some((code) => hasCode(error, code)) ? 'nobody' : 'silent' });
    });
    socket.on('end', () => end(text === '' ? { kind: 'silent' } : { kind: 'answered', text }));
  });
