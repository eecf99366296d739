import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';

/** A response as it came, its header names in lower case. */
export interface WireResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export const openSocket = async (url: string): Promise<Socket> => {
  const socket = connect({
    port: Number(new URL(url).port),
    host: '127.0.0.1',
    allowHalfOpen: true,
  });
  await once(socket, 'connect');
  return socket;
};

/** The last response in a text, which is one that the connection was closed after. */
export const parseResponse = (received: string): WireResponse => {
  const final = received.slice(received.lastIndexOf('HTTP/1.1 '));
  const [head = '', body = ''] = final.split(/\r\n\r\n/s);
  const [line = '', ...fields] = head.split('\r\n');
  const headers = fields.map((field) => {
    const [name = '', ...value] = field.split(': ');
    return [name.toLowerCase(), value.join(': ')];
  });
  return { status: Number(line.split(' ')[1]), headers: Object.fromEntries(headers), body };
};

/** All that comes back for a text, sent as it is, until the service closes the connection. */
export const received = async (url: string, sent: string): Promise<string> => {
  const socket = await openSocket(url);
  socket.write(sent);
  const answer = await text(socket);
  socket.destroy();
  return answer;
};

/** The response to one request, sent as it is. */
export const exchange = async (url: string, sent: string): Promise<WireResponse> =>
  parseResponse(await received(url, sent));
