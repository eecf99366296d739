import { type Figure, isMet } from './figure.ts';
import type { Machine } from './machine.ts';

const number = (value: number): string => {
  if (Number.isNaN(value)) return '-';
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en-US');
  return value.toFixed(Math.abs(value) >= 100 ? 0 : 2);
};

const WORDS = { atLeast: 'at least', atMost: 'at most', under: 'under' } as const;

const goalText = (figure: Figure): string => {
  if (figure.goal === undefined) return '';
  const [[kind, wanted]] = Object.entries(figure.goal) as [[keyof typeof WORDS, number]];
  return `${WORDS[kind]} ${number(wanted)}: ${isMet(figure) ? 'met' : 'not met'}`;
};

/** The figures as aligned columns; the work is named once for all that was measured of it. */
export const reportTable = (figures: readonly Figure[]): string => {
  const rows = figures.map((figure, at) => {
    const previous = figures[at - 1];
    const isSame = previous?.workload === figure.workload && previous.work === figure.work;
    return [
      isSame ? '' : `${figure.workload}  ${figure.work}`,
      figure.measure,
      number(figure.value),
      figure.unit,
      goalText(figure),
      figure.note ?? '',
    ];
  });
  const table = [['   work', 'measure', 'value', '', 'goal', 'note'], ...rows];
  const widths = [0, 1, 2, 3, 4].map((column) =>
    Math.max(...table.map((row) => (row[column] ?? '').length)),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) =>
        column === 2 ? cell.padStart(widths[2] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return table.map(line).join('\n');
};

export const reportJson = (machine: Machine, figures: readonly Figure[]): string => {
  const judged = figures.map((figure) => ({ ...figure, isMet: isMet(figure) }));
  return `${JSON.stringify({ machine, figures: judged }, undefined, 2)}\n`;
};
