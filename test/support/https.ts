import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';

/** A request to a server whose certificate is known; Node's own fetch cannot be told of one. */
export const openHttps = async (
  url: string,
  ca: Buffer,
  headers: Readonly<Record<string, string>> = {},
  body?: string,
): Promise<IncomingMessage> => {
  const method = body === undefined ? 'GET' : 'POST';
  const sent = request(url, { ca, method, headers, agent: false });
  sent.end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return response;
};
