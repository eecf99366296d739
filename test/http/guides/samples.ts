/** Languages of samples, which are run, and of output, which is what a sample prints. */
const SAMPLES = ['bash', 'ts', 'python'] as const;
const OUTPUTS = ['json', 'text'] as const;

export type SampleLanguage = (typeof SAMPLES)[number];

export interface Sample {
  readonly language: SampleLanguage;
  readonly code: string;
  /** Line of the guide on which it begins, from 1. */
  readonly line: number;
  /** What the guide says it prints; undefined when the guide shows nothing. */
  output?: Output;
}

export interface Output {
  readonly language: (typeof OUTPUTS)[number];
  readonly text: string;
}

interface Block {
  readonly language: string;
  readonly text: string;
  readonly line: number;
}

/** All that a renderer may take for a block of code must be a plain fence. */
const blocksOf = (markdown: string): Block[] => {
  const blocks: Block[] = [];
  const lines = markdown.split('\n');
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    if (/^( {4}|\t| {0,3}~~~| +```|````)/.test(line)) {
      throw new Error(`line ${index + 1}: samples stand between lines of three backticks`);
    }
    if (!line.startsWith('```')) continue;
    const end = lines.indexOf('```', index + 1);
    if (end < 0) throw new Error(`line ${index + 1}: the block has no end`);
    const text = lines.slice(index + 1, end).join('\n');
    blocks.push({ language: line.slice(3), text, line: index + 1 });
    index = end;
  }
  return blocks;
};

const isOneOf = <T extends string>(values: readonly T[], value: string): value is T =>
  (values as readonly string[]).includes(value);

/**
 * The samples of a guide in their order, each with the output that follows it.
 *
 * @throws Error for a block that is neither, and so would not be tested.
 */
export const samplesOf = (markdown: string): Sample[] => {
  const samples: Sample[] = [];
  for (const { language, text, line } of blocksOf(markdown)) {
    const last = samples.at(-1);
    if (isOneOf(SAMPLES, language)) {
      samples.push({ language, code: text, line });
    } else if (isOneOf(OUTPUTS, language) && last !== undefined && last.output === undefined) {
      last.output = { language, text };
    } else {
      throw new Error(`line ${line}: a block of "${language}" that is no sample and no output`);
    }
  }
  return samples;
};

/** `…` in the output that a guide shows stands for anything. */
const pattern = (shown: string): RegExp => {
  const parts = shown.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('[\\s\\S]*')}$`);
};

const compact = (json: string): string => JSON.stringify(JSON.parse(json));

/** Whether a sample printed what its guide shows; JSON may be laid out differently. */
export const isOutput = (shown: Output | undefined, printed: string): boolean => {
  if (shown?.language === 'json') return pattern(compact(shown.text)).test(compact(printed));
  return pattern(shown?.text.trim() ?? '').test(printed.trim());
};
