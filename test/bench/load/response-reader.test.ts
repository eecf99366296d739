import { describe, expect, it } from 'vitest';
import { ResponseReader } from './response-reader.ts';

const ANSWERS = Buffer.from(
  'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 12\r\nX: y\r\n\r\n{"a":"\r\n\r\n"}' +
    'HTTP/1.1 503 Service Unavailable\r\ncontent-length:0\r\n\r\n' +
    'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc',
);

const statusesOf = (...chunks: readonly Buffer[]): number[] => {
  const statuses: number[] = [];
  const reader = new ResponseReader((status) => statuses.push(status));
  for (const chunk of chunks) reader.push(chunk);
  return statuses;
};

describe('response reader', () => {
  it('counts whole answers, wherever the bytes are cut in three', () => {
    for (let first = 0; first <= ANSWERS.length; first++) {
      for (let second = first; second <= ANSWERS.length; second++) {
        const chunks = [
          ANSWERS.subarray(0, first),
          ANSWERS.subarray(first, second),
          ANSWERS.subarray(second),
        ];
        expect(statusesOf(...chunks)).toEqual([200, 503, 200]);
      }
    }
  });

  it('counts them when the bytes come one by one', () => {
    expect(statusesOf(...[...ANSWERS].map((byte) => Buffer.of(byte)))).toEqual([200, 503, 200]);
  });

  it('does not count an answer that is not all there', () => {
    expect(statusesOf(ANSWERS.subarray(0, -1))).toEqual([200, 503]);
  });

  it('says so when an answer has no length', () => {
    const chunked = Buffer.from('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n');
    expect(() => statusesOf(chunked)).toThrow('without Content-Length');
  });
});
