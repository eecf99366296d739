import type { Finding } from './finding.ts';
import type { VerifyResult } from './verify-folder.ts';

/** The result in lines for a person. */
export const reportText = ({ dataDir, checked, findings, notes }: VerifyResult): string => {
  const count = (value: number, one: string) =>
    `${value.toLocaleString('en')} ${one}${value === 1 ? '' : 's'}`;
  const { segments, records, readings, days, parts, rows } = checked;
  return [
    `${dataDir}:`,
    `  log      ${count(segments, 'segment')}, ${count(records, 'record')}, ${count(readings, 'reading')}`,
    `  Parquet  ${count(days, 'day')}, ${count(parts, 'part')}, ${count(rows, 'row')}`,
    '',
    ...findings.map((finding) => `FINDING ${lineOf(finding)}`),
    ...notes.map((note) => `note    ${lineOf(note)}`),
    `${count(findings.length, 'finding')}, ${count(notes.length, 'note')}`,
    '',
  ].join('\n');
};

const lineOf = ({ code, file, offset, row, cause }: Finding): string => {
  const byte = offset === undefined ? '' : `, byte ${offset}`;
  const inRow = row === undefined ? '' : `, row ${row}`;
  return `${file}${byte}${inRow}: ${cause} [${code}]`;
};
