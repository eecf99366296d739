import { createHeartRateClient, type HeartRateClient } from '../../../client/src/index.ts';
import { countText } from '../count-text.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { keyHeaders } from '../service-key.ts';
import { showProgress } from '../show-progress.ts';
import { Latencies } from './latencies.ts';
import { userIds } from './measurements.ts';
import type { GeneratorOptions } from './options.ts';
import { type Delivery, type DeliveryKind, planDeliveries } from './plan.ts';
import { progressLine } from './progress.ts';
import { ReadBack } from './read-back.ts';
import { PlanSender } from './send.ts';

const MS_PER_DAY = 86_400_000;
const SHOWN_LINES = 10;

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** A heading, and what is below it, up to a few lines. */
const printList = (heading: string, lines: readonly string[]): void => {
  if (lines.length === 0) return;
  print(`\n${heading}`);
  for (const line of lines.slice(0, SHOWN_LINES)) print(`  ${line}`);
  if (lines.length > SHOWN_LINES) print(`  and ${countText(lines.length - SHOWN_LINES)} more`);
};

const describePlan = (plan: readonly Delivery[]): string => {
  const of = (wanted: DeliveryKind): readonly Delivery[] =>
    plan.filter(({ kind }) => kind === wanted);
  const inBursts = of('burst').reduce((sum, { measurements }) => sum + measurements.length, 0);
  return (
    `${countText(of('single').length)} alone, ${countText(inBursts)} in ${of('burst').length} bursts, ` +
    `${countText(of('repeat').length)} repeats, ${countText(of('correction').length)} corrections`
  );
};

/** The command that sends the very same readings again. */
const commandOf = ({ url, dataset }: GeneratorOptions): string => {
  const { seed, count, users, devices, daysBack, untilMs } = dataset;
  return (
    `npm run generate-data -- --url ${url} --seed ${seed} --count ${count} --users ${users} ` +
    `--devices ${devices} --days-back ${daysBack} --until ${new Date(untilMs).toISOString()}`
  );
};

/** Counts what really goes over the wire, to tell how often the client asked again. */
const countingFetch = () => {
  const counter = { requests: 0 };
  const countAndFetch = (request: Request): Promise<Response> => {
    counter.requests++;
    return fetch(request);
  };
  return { counter, countAndFetch };
};

/** What a run came to. */
interface Outcome {
  readonly sent: number;
  readonly accepted: number;
  readonly retries: number;
  readonly rows: number;
  readonly users: readonly string[];
  readonly errors: readonly string[];
  /** Where what was read back is not what was sent, a line each. */
  readonly differences: readonly string[];
  readonly sendLatency: string;
  readonly queryLatency: string;
}

/** Sends and reads back. */
const generate = async (
  client: HeartRateClient,
  options: GeneratorOptions,
  requestsMade: () => number,
): Promise<Outcome> => {
  const { dataset } = options;
  const users = userIds(dataset);
  const plan = planDeliveries(dataset);
  const priorities = await client.devicePriorities();
  if (!options.json) {
    print(`Sending ${countText(dataset.count)} readings to ${options.url}: ${describePlan(plan)}.`);
  }
  const sender = new PlanSender(client, plan, options);
  const requestsBefore = requestsMade();
  const accepted = await showProgress(
    () => sender.run(),
    () => progressLine(sender.progress()),
    process.stderr,
  );
  const retries = requestsMade() - requestsBefore - plan.length;

  const queryLatencies = new Latencies();
  const readBack = new ReadBack(client, queryLatencies);
  const { untilMs, daysBack } = dataset;
  const period = { fromMs: untilMs - daysBack * MS_PER_DAY, untilMs };
  const differences = await readBack.compare(users, accepted, priorities, period);
  return {
    sent: dataset.count,
    accepted: accepted.length,
    retries,
    rows: readBack.rows,
    users,
    errors: sender.errors,
    differences,
    sendLatency: sender.latencies.overall(),
    queryLatency: queryLatencies.overall(),
  };
};

const printOutcome = (outcome: Outcome, options: GeneratorOptions): void => {
  const { users, errors, differences } = outcome;
  print(`Accepted    ${countText(outcome.accepted)} of ${countText(outcome.sent)} readings`);
  print(`Send        ${outcome.sendLatency}; ${countText(outcome.retries)} retries`);
  print(
    `Query       ${outcome.queryLatency}; ${users.length} users, ${countText(outcome.rows)} rows`,
  );
  print(`Errors      ${countText(errors.length)}`);
  print(`Read back   ${differences.length === 0 ? 'equal to what was sent' : 'DIFFERENT'}`);
  printList('Errors:', errors);
  printList('Differences:', differences);
  print(`\nUsers: ${users[0]}${users.length > 1 ? ` to ${users.at(-1)}` : ''}`);
  print(`The same again: ${commandOf(options)}`);
};

/** Sends, reads back and tells; ok when nothing failed and all is equal. */
export const generateData = async (options: GeneratorOptions): Promise<ExitCode> => {
  const { counter, countAndFetch } = countingFetch();
  const client = createHeartRateClient({
    baseUrl: options.url,
    headers: keyHeaders(),
    fetch: countAndFetch,
  });
  const outcome = await generate(client, options, () => counter.requests);
  if (options.json) print(JSON.stringify({ ...outcome, command: commandOf(options) }));
  else printOutcome(outcome, options);
  const isGood = outcome.errors.length === 0 && outcome.differences.length === 0;
  return isGood ? EXIT.ok : EXIT.failed;
};
