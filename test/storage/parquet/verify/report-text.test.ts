import { expect, it } from 'vitest';
import { reportText } from '../../../../src/storage/parquet/verify/report-text.ts';

it('says in lines what was checked, found and noted, and where', () => {
  const text = reportText({
    dataDir: 'data',
    checked: { segments: 1, records: 2, readings: 1_234, days: 1, parts: 0, rows: 1 },
    findings: [
      { code: 'record-damaged', file: 'wal/1.jsonl', offset: 0, cause: 'cut short' },
      { code: 'part-null', file: 'part', row: 7, cause: 'a value is missing' },
    ],
    notes: [{ code: 'torn-tail', file: 'wal/2.jsonl', cause: 'never finished' }],
  });
  expect(text).toBe(`data:
  log      1 segment, 2 records, 1,234 readings
  Parquet  1 day, 0 parts, 1 row

FINDING wal/1.jsonl, byte 0: cut short [record-damaged]
FINDING part, row 7: a value is missing [part-null]
note    wal/2.jsonl: never finished [torn-tail]
2 findings, 1 note
`);
});
