/** A ceiling: what node:http and JSON.parse cost alone, with the least check. Nothing is stored. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Candidate {
  readonly user_id: unknown;
  readonly device_id: unknown;
  readonly timestamp: unknown;
  readonly heart_rate: unknown;
}

const isReading = ({ user_id, device_id, timestamp, heart_rate }: Candidate): boolean =>
  typeof user_id === 'string' &&
  typeof device_id === 'string' &&
  typeof timestamp === 'string' &&
  !Number.isNaN(Date.parse(timestamp)) &&
  typeof heart_rate === 'number' &&
  heart_rate >= 30 &&
  heart_rate <= 220;

const ACCEPTED = '{"status":"accepted"}';
const HEADERS = { 'content-type': 'application/json', 'content-length': ACCEPTED.length };

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const isValid = isReading(JSON.parse(Buffer.concat(chunks).toString()));
    response.writeHead(isValid ? 200 : 400, HEADERS).end(ACCEPTED);
  });
});
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
