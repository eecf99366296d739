import { readFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { packageFileUrl } from '../src/package-file.ts';
import { openSampleRunner, SHOWN_URL } from './http/guides/run-samples.ts';
import { isOutput } from './http/guides/samples.ts';
import { openTestServer } from './support/test-server.ts';

interface Example {
  readonly language: 'bash' | 'ts';
  readonly code: string;
  /** What stands below it in comments; undefined when nothing does. */
  readonly shown: string | undefined;
}

/** A block of curl is commands, each with what it prints as a comment below it. */
const examplesOf = (shell: string): Example[] =>
  [...shell.matchAll(/((?:^(?!# ).*\n)+)((?:^# .*\n)*)/gm)].map(([, code = '', comment = '']) => {
    const shown = comment.replace(/^#\s*|\n/gm, '');
    return { language: 'bash', code, shown: shown === '' ? undefined : shown };
  });

const readExamples = (): Example[] => {
  const readme = readFileSync(packageFileUrl('README.md'), 'utf8');
  const blocks = readme.matchAll(/^```(sh|ts)\n([\s\S]*?)^```$/gm);
  return [...blocks].flatMap(([, language, text = '']): Example[] => {
    if (language === 'ts') return [{ language, code: text, shown: undefined }];
    return text.includes('curl') ? examplesOf(text) : [];
  });
};

test('the examples of the README do what they show', async () => {
  const server = await openTestServer();
  onTestFinished(() => server.close());
  const runner = await openSampleRunner(server.url);
  onTestFinished(() => runner.close());
  const examples = readExamples();
  expect(examples.filter(({ shown }) => shown !== undefined).length).toBeGreaterThan(5);
  expect(examples.some(({ language }) => language === 'ts')).toBe(true);
  for (const { language, code, shown } of examples) {
    const printed = await runner.run(
      language,
      code.replace(/(http:\/\/)?localhost:8000/g, SHOWN_URL),
    );
    if (shown === undefined || isOutput({ language: 'text', text: shown }, printed)) continue;
    expect.fail(`${code}prints\n${printed}\nand not\n${shown}`);
  }
});
