import { expect } from 'vitest';
import { parseTimestamp } from '../../../src/readings/timestamp.ts';
import { validatorOf } from '../../support/contract.ts';
import { type Draft, NDJSON } from './draft.ts';

interface Sent {
  readonly device_id: string;
  readonly user_id: string;
  readonly timestamp: string;
  readonly heart_rate: number;
}

const isReading = validatorOf('#/components/schemas/HeartRateReading');

const identityOf = ({ device_id, timestamp }: Sent): string =>
  JSON.stringify([device_id, parseTimestamp(timestamp)]);

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Lines between may not be blank, those at the end may. */
const linesOf = (text: string): string[] => text.trimEnd().split('\n');

const parsedLine = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
};

/** What a body says by the contract, and nothing but the contract: AJV's word, not the service's. */
const readingsIn = ({ body, path }: Draft, type: string): unknown[] => {
  const text = utf8.decode(body?.bytes);
  if (!path.endsWith('/batch')) return [JSON.parse(text)];
  if (type.startsWith(NDJSON)) return linesOf(text).map(parsedLine);
  return (JSON.parse(text) as { readings: unknown[] }).readings;
};

/** What must be stored by the responses so far, and nothing else. */
export class Accepted {
  readonly #users = new Map<string, Map<string, number>>();
  /** All users that some request named, accepted or not. */
  readonly #named = new Set<string>();

  /** Notes who is named, so that it can be shown that nothing is stored of them. */
  sending({ body, query }: Draft): void {
    for (const [name, value] of query) if (name === 'user_id') this.#named.add(value);
    for (const [, id] of body?.bytes.toString().matchAll(/"user_id":"((?:[^"\\]|\\.)*)"/g) ?? []) {
      const named = parsedLine(`"${id}"`);
      if (typeof named === 'string') this.#named.add(named);
    }
  }

  get users(): string[] {
    return [...new Set([...this.#named, ...this.#users.keys()])].filter((id) =>
      validatorOf('#/components/schemas/UserId')(id),
    );
  }

  get size(): number {
    return [...this.#users.values()].reduce((sum, readings) => sum + readings.size, 0);
  }

  /** Throws when the response says that something was stored that the contract does not take. */
  stored(draft: Draft, answer: { count?: number; rejected?: number }): void {
    const type = draft.headers['content-type']?.toLowerCase() ?? '';
    const readings = readingsIn(draft, type);
    const valid = readings.filter((one): one is Sent => isReading(one));
    if (draft.path.endsWith('/batch')) {
      const { count, rejected = 0 } = answer;
      expect([count, rejected]).toEqual([valid.length, readings.length - valid.length]);
    } else expect(valid).toHaveLength(1);
    for (const one of valid) {
      const ofUser = this.#users.get(one.user_id) ?? new Map<string, number>();
      this.#users.set(one.user_id, ofUser);
      ofUser.set(identityOf(one), one.heart_rate);
    }
  }

  /** How many readings an erasure that was responded to has taken. */
  erased({ query }: Draft): number {
    const asked = new Map(query);
    const ofUser = this.#users.get(asked.get('user_id') ?? '') ?? new Map<string, number>();
    const start = parseTimestamp(asked.get('start') ?? '') ?? Number.NEGATIVE_INFINITY;
    const end = parseTimestamp(asked.get('end') ?? '') ?? Number.POSITIVE_INFINITY;
    const device = asked.get('device_id');
    let count = 0;
    for (const identity of [...ofUser.keys()]) {
      const [deviceId, micros] = JSON.parse(identity) as [string, number];
      if ((device !== undefined && deviceId !== device) || micros < start || micros >= end)
        continue;
      ofUser.delete(identity);
      count++;
    }
    return count;
  }

  /** What an export of a user must have, in any order. */
  expected(userId: string): Map<string, number> {
    return this.#users.get(userId) ?? new Map();
  }
}

/** What an export has, in the same form. */
export const exportedReadings = (text: string, userId: string): Map<string, number> =>
  new Map(
    linesOf(text).map((line) => {
      const one = JSON.parse(line) as Sent;
      expect(one.user_id).toBe(userId);
      return [identityOf(one), one.heart_rate];
    }),
  );
