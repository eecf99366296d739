import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

/** A request as it arrived, body and all. */
interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly atMs: number;
}

/** Answers one request; what it does not do (say, never answering) is the fault to test. */
export type Step = (response: ServerResponse, request: IncomingMessage) => void;

export const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Step =>
  (response) => {
    const type = status < 400 ? 'application/json' : 'application/problem+json';
    response.writeHead(status, { 'content-type': type, ...headers }).end(JSON.stringify(body));
  };

export const accepted: Step = json(200, { status: 'accepted' });

export const unavailable = (headers: Record<string, string> = {}): Step =>
  json(
    503,
    { type: 'urn:problem:heart-rate:unavailable', title: 'Service unavailable', status: 503 },
    headers,
  );

/** The connection ends without a word. */
export const hangUp: Step = (response) => {
  response.socket?.destroy();
};

/** The answer begins and breaks off in the middle of its body. */
export const breakOff: Step = (response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
  response.write('{"status":', () => response.socket?.destroy());
};

export const neverAnswer: Step = () => {};

/**
 * A real server on loopback that answers the n-th request with the n-th step, and every request
 * after the last step with the last one. It ends with the test that started it.
 */
export const startScriptedServer = async (...steps: readonly Step[]) => {
  const received: Received[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = '', url = '', headers } = request;
    const atMs = performance.now();
    received.push({ method, url, headers, body: await text(request), atMs });
    const step = steps[Math.min(received.length, steps.length) - 1];
    if (step === undefined) throw new Error('A scripted server needs at least one step');
    step(response, request);
  };
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return { baseUrl: `http://127.0.0.1:${port}`, received };
};
