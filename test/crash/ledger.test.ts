import { describe, expect, it } from 'vitest';
import { instantText, Ledger, minuteOf, minuteText, type SentReading } from './ledger.ts';

const SERIES = JSON.stringify(['ann', 'a']);

const sent = (minute: number, heartRate: number): SentReading => ({
  user: 'ann',
  device: 'a',
  minute,
  micros: 1,
  heartRate,
});

/** A ledger to which one reading of minute 0 was acknowledged. */
const ledgerWith70 = (): Ledger => {
  const ledger = new Ledger();
  const request = [sent(0, 70)];
  ledger.sending(request);
  ledger.accepted(request);
  return ledger;
};

/** What the ledger says of a series that is found so, heart rate by minute. */
const findingsOf = (ledger: Ledger, found: Readonly<Record<number, number>>) => {
  const rates = new Map(Object.entries(found).map(([minute, rate]) => [Number(minute), rate]));
  ledger.check(SERIES, rates);
  ledger.settle(new Map([[SERIES, rates]]));
  const { lost, invented, torn } = ledger.findings;
  return { lost: lost.length, invented: invented.length, torn: torn.length };
};

const ALL_WELL = { lost: 0, invented: 0, torn: 0 };

describe('the ledger', () => {
  it('is content with what was acknowledged, and counts it', () => {
    const ledger = ledgerWith70();
    const request = [sent(1, 71), sent(2, 72)];
    ledger.sending(request);
    ledger.accepted(request);
    expect(findingsOf(ledger, { 0: 70, 1: 71, 2: 72 })).toEqual(ALL_WELL);
    expect(ledger).toMatchObject({ acknowledgements: 2, acknowledged: 3, checked: 3 });
  });

  it('misses what was acknowledged and is gone', () => {
    expect(findingsOf(ledgerWith70(), {})).toEqual({ ...ALL_WELL, lost: 1 });
  });

  it('sees a reading that nobody sent, and a value that nobody sent', () => {
    expect(findingsOf(ledgerWith70(), { 0: 70, 1: 70 })).toEqual({ ...ALL_WELL, invented: 1 });
    expect(findingsOf(ledgerWith70(), { 0: 71 })).toEqual({ lost: 1, invented: 1, torn: 0 });
  });

  it('sees an older value in the place of the last that was acknowledged', () => {
    const ledger = ledgerWith70();
    const request = [sent(0, 80)];
    ledger.sending(request);
    ledger.accepted(request);
    expect(findingsOf(ledger, { 0: 70 })).toEqual({ ...ALL_WELL, lost: 1 });
  });

  it('takes either outcome of what got no answer, once', () => {
    for (const outcome of [70, 80]) {
      const ledger = ledgerWith70();
      ledger.sending([sent(0, 80)]);
      expect(findingsOf(ledger, { 0: outcome })).toEqual(ALL_WELL);
      expect(findingsOf(ledger, { 0: outcome })).toEqual(ALL_WELL);
      expect(findingsOf(ledger, { 0: 150 - outcome })).toEqual({ ...ALL_WELL, lost: 1 });
    }
    const ledger = new Ledger();
    ledger.sending([sent(0, 80)]);
    expect(findingsOf(ledger, {})).toEqual(ALL_WELL);
    expect(findingsOf(ledger, { 0: 80 })).toEqual({ ...ALL_WELL, lost: 1 });
  });

  it('sees what was refused and is there all the same', () => {
    const ledger = ledgerWith70();
    const request = [sent(0, 80)];
    ledger.sending(request);
    ledger.refused(request);
    expect(findingsOf(ledger, { 0: 70 })).toEqual(ALL_WELL);
    expect(findingsOf(ledger, { 0: 80 })).toEqual({ ...ALL_WELL, lost: 1 });
  });

  it('sees a batch of which only a part is there', () => {
    for (const [found, torn] of [
      [{}, 0],
      [{ 1: 81 }, 1],
      [{ 1: 81, 2: 82 }, 0],
    ] as const) {
      const ledger = ledgerWith70();
      ledger.sending([sent(1, 81), sent(2, 82)]);
      expect(findingsOf(ledger, { 0: 70, ...found })).toEqual({ ...ALL_WELL, torn });
    }
  });

  const erasureOf = (startMinute: number, endMinute: number, device?: string) => ({
    user: 'ann',
    device,
    startMinute,
    endMinute,
  });

  it('misses nothing that was erased, and sees what came back', () => {
    for (const [erasure, isCovered] of [
      [erasureOf(0, 1), true],
      [erasureOf(0, 1, 'a'), true],
      [erasureOf(0, 1, 'b'), false],
      [erasureOf(1, 2), false],
      [{ ...erasureOf(0, 1), user: 'ben' }, false],
    ] as const) {
      const ledger = ledgerWith70();
      expect(ledger.erasing(erasure)).toBe(isCovered ? 1 : 0);
      ledger.erased(erasure);
      expect(findingsOf(ledger, isCovered ? {} : { 0: 70 })).toEqual(ALL_WELL);
      expect(findingsOf(ledger, isCovered ? { 0: 70 } : {})).toEqual({ ...ALL_WELL, lost: 1 });
    }
  });

  it('takes either outcome of an erasure that got no answer, whole and once', () => {
    for (const found of [{}, { 0: 70, 1: 71 }]) {
      const ledger = ledgerWith70();
      ledger.sending([sent(1, 71)]);
      ledger.accepted([sent(1, 71)]);
      ledger.erasing(erasureOf(0, 2));
      expect(findingsOf(ledger, found)).toEqual(ALL_WELL);
      expect(findingsOf(ledger, { 0: 70 })).toMatchObject({ lost: 1 });
    }
    const ledger = ledgerWith70();
    ledger.sending([sent(1, 71)]);
    ledger.accepted([sent(1, 71)]);
    ledger.erasing(erasureOf(0, 2));
    expect(findingsOf(ledger, { 1: 71 })).toEqual({ ...ALL_WELL, torn: 1 });
  });

  it('knows which series were sent to since it was asked last', () => {
    const ledger = ledgerWith70();
    expect(ledger.takeTouched()).toEqual([SERIES]);
    expect(ledger.takeTouched()).toEqual([]);
    expect(ledger.series).toEqual([SERIES]);
  });

  it('writes instants that lie in their minute', () => {
    const one = { ...sent(1500, 70), micros: 59_000_001 };
    expect(minuteText(1500)).toBe('2024-02-29T01:00:00Z');
    expect(instantText(one)).toBe('2024-02-29T01:00:59.000001Z');
    expect(minuteOf(Date.parse(instantText(one)))).toBe(1500);
  });
});
