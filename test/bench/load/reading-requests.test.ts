import { describe, expect, it } from 'vitest';
import { zHeartRateBatch, zHeartRateReading } from '../../../generated/zod/zod.gen.ts';
import { ReadingRequests, type ReadingsSpec, withoutRepeats } from './reading-requests.ts';
import { SLOTS_PER_DAY } from './readings.ts';

const spec: ReadingsSpec = {
  kind: 'readings',
  format: 'json',
  size: 20,
  users: 2,
  firstDayMs: Date.UTC(2024, 0, 15),
  firstRequest: 0,
};

const bodyOf = (request: Buffer): string => {
  const [head = '', body = ''] = request.toString().split('\r\n\r\n');
  expect(head).toContain(`Content-Length: ${body.length}`);
  return body;
};

describe('requests with readings', () => {
  it('are what the contract takes', () => {
    const json = new ReadingRequests(spec, 'here').request(7);
    expect(zHeartRateBatch.parse(JSON.parse(bodyOf(json))).readings).toHaveLength(20);
    const lines = bodyOf(new ReadingRequests({ ...spec, format: 'ndjson' }, 'here').request(7));
    expect(
      lines
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual(JSON.parse(bodyOf(json)).readings);
    const single = new ReadingRequests({ ...spec, format: 'single', size: 1 }, 'here').request(7);
    expect(zHeartRateReading.safeParse(JSON.parse(bodyOf(single))).success).toBe(true);
  });

  it('hold every reading of a day once, and nothing of the next', () => {
    const requests = new ReadingRequests(spec, 'here');
    const readings = new Set<string>();
    const total = SLOTS_PER_DAY * 4;
    for (let number = 0; number < total / 20; number++) {
      for (const { user_id, device_id, timestamp } of JSON.parse(bodyOf(requests.request(number)))
        .readings) {
        expect(timestamp).toMatch(/^2024-01-15T/);
        readings.add(`${user_id} ${device_id} ${timestamp}`);
      }
    }
    expect(readings.size).toBe(total);
    expect(bodyOf(requests.request(total / 20))).toContain('2024-01-16T00:00:00Z');
  });

  it('are sent twice now and then', () => {
    const sent = [0, 1, 2, 3, 4, 5, 6, 7].map((request) => withoutRepeats(request, 3));
    expect(sent).toEqual([0, 1, 2, 2, 3, 4, 5, 5]);
  });
});
