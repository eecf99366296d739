import { readFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { packageFileUrl } from '../src/package-file.ts';
import { openSampleRunner, SHOWN_URL } from './http/guides/run-samples.ts';
import { isOutput } from './http/guides/samples.ts';
import { openTestServer } from './support/test-server.ts';

interface Example {
  readonly code: string;
  /** What stands below it in comments; undefined when nothing does. */
  readonly shown: string | undefined;
}

/** A block of curl is commands, each with what it prints as a comment below it. */
const examplesOf = (shell: string): Example[] =>
  [...shell.matchAll(/((?:^(?!# ).*\n)+)((?:^# .*\n)*)/gm)].map(([, code = '', comment = '']) => {
    const shown = comment.replace(/^#\s*|\n/gm, '');
    return { code, shown: shown === '' ? undefined : shown };
  });

const readExamples = (): Example[] => {
  const readme = readFileSync(packageFileUrl('README.md'), 'utf8');
  const blocks = [...readme.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text);
  return blocks.filter((text) => text.includes('curl')).flatMap(examplesOf);
};

test('the examples of curl in the README print what it shows', async () => {
  const server = await openTestServer();
  onTestFinished(() => server.close());
  const runner = await openSampleRunner(server.url);
  onTestFinished(() => runner.close());
  const examples = readExamples();
  expect(examples.filter(({ shown }) => shown !== undefined).length).toBeGreaterThan(5);
  for (const { code, shown } of examples) {
    const printed = await runner.run(
      'bash',
      code.replace(/(http:\/\/)?localhost:8000/g, SHOWN_URL),
    );
    if (shown === undefined || isOutput({ language: 'text', text: shown }, printed)) continue;
    expect.fail(`${code}prints\n${printed}\nand not\n${shown}`);
  }
});
