import { expect, onTestFinished, test } from 'vitest';
import { GUIDES, readGuide } from '../../../src/http/guides/guides.ts';
import { openTestServer } from '../../support/test-server.ts';
import { hasPython, openSampleRunner } from './run-samples.ts';
import { isOutput, samplesOf } from './samples.ts';

const runsPython = hasPython();
// The default reporter keeps a skipped test's note to itself, and here only parts are skipped.
if (!runsPython) console.warn('No python3 that imports requests: samples in Python are not run.');

test.each(GUIDES)('the samples of %s print what it shows', async (name) => {
  const server = await openTestServer();
  onTestFinished(() => server.close());
  const runner = await openSampleRunner(server.url);
  onTestFinished(() => runner.close());

  for (const { language, code, line, output } of samplesOf(readGuide(name))) {
    if (language === 'python' && !runsPython) continue;
    const printed = await runner.run(language, code);
    if (isOutput(output, printed)) continue;
    expect.fail(`${name}.md:${line} prints\n${printed}\nand not\n${output?.text}`);
  }
});
