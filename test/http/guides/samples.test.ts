import { expect, test } from 'vitest';
import { isOutput, samplesOf } from './samples.ts';

const block = (language: string, text: string) => `\`\`\`${language}\n${text}\n\`\`\`\n`;

test('samples come in their order, each with the output that follows it', () => {
  const guide = `# A\n\n${block('bash', 'a\nb')}\nThen\n\n${block('ts', 'c')}${block('json', '{}')}`;
  expect(samplesOf(guide)).toEqual([
    { language: 'bash', code: 'a\nb', line: 3 },
    { language: 'ts', code: 'c', line: 10, output: { language: 'json', text: '{}' } },
  ]);
});

test.each([
  ['an unknown language', block('ruby', 'puts 1')],
  ['no language', block('', 'curl')],
  ['a language with more behind it', block('bash no-test', 'curl')],
  ['output of nothing', block('json', '{}')],
  ['output twice', block('bash', 'a') + block('text', 'b') + block('text', 'c')],
  ['tildes', '~~~bash\ncurl\n~~~\n'],
  ['more backticks', '````bash\ncurl\n````\n'],
  ['an indented fence', ` ${block('bash', 'a')}`],
  ['an indented block', 'Text\n\n    curl\n'],
  ['no end', '```bash\ncurl\n'],
])('no block escapes: %s', (_, guide) => {
  expect(() => samplesOf(guide)).toThrow(/^line \d+: /);
});

const text = (shown: string) => ({ language: 'text', text: shown }) as const;
const json = (shown: string) => ({ language: 'json', text: shown }) as const;

test.each([
  [undefined, '', true],
  [undefined, 'unexpected', false],
  [text('a.b'), 'a.b\n', true],
  [text('a.b'), 'axb', false],
  [text('id: …\nb'), 'id: 17\nb\n', true],
  [text('id: …'), 'x id: 17', false],
  [json('{ "a":\n 1 }'), '{"a":1}', true],
  [json('{ "a": 1 }'), '{"a":1,"b":2}', false],
  [json('{ "a": "…" }'), '{"a":"anything"}', true],
])('shown %j, printed %j: %s', (shown, printed, expected) => {
  expect(isOutput(shown, printed)).toBe(expected);
});
