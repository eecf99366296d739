import { createHeartRateClient, type HeartRateClient } from '../../../client/src/index.ts';
import { Latencies } from './latencies.ts';
import { userIds } from './measurements.ts';
import { type GeneratorOptions, readOptions, USAGE, UsageError } from './options.ts';
import { type Delivery, type DeliveryKind, planDeliveries } from './plan.ts';
import { showProgress } from './progress.ts';
import { ReadBack } from './read-back.ts';
import { PlanSender } from './send.ts';

const MS_PER_DAY = 86_400_000;
const SHOWN_LINES = 10;

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const count = (value: number): string => value.toLocaleString('en-US');

/** A heading, and what is below it, up to a few lines. */
const printList = (heading: string, lines: readonly string[]): void => {
  if (lines.length === 0) return;
  print(`\n${heading}`);
  for (const line of lines.slice(0, SHOWN_LINES)) print(`  ${line}`);
  if (lines.length > SHOWN_LINES) print(`  and ${count(lines.length - SHOWN_LINES)} more`);
};

const describePlan = (plan: readonly Delivery[]): string => {
  const of = (wanted: DeliveryKind): readonly Delivery[] =>
    plan.filter(({ kind }) => kind === wanted);
  const inBursts = of('burst').reduce((sum, { measurements }) => sum + measurements.length, 0);
  return (
    `${count(of('single').length)} alone, ${count(inBursts)} in ${of('burst').length} bursts, ` +
    `${count(of('repeat').length)} repeats, ${count(of('correction').length)} corrections`
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

/** Sends, reads back and tells; true when nothing failed and all is equal. */
const generate = async (
  client: HeartRateClient,
  options: GeneratorOptions,
  requestsMade: () => number,
): Promise<boolean> => {
  const { dataset } = options;
  const users = userIds(dataset);
  const plan = planDeliveries(dataset);
  const priorities = await client.devicePriorities();
  print(`Sending ${count(dataset.count)} readings to ${options.url}: ${describePlan(plan)}.`);

  const sender = new PlanSender(client, plan, options);
  const requestsBefore = requestsMade();
  const accepted = await showProgress(
    () => sender.run(),
    () => sender.progress(),
    process.stderr,
  );
  const retries = requestsMade() - requestsBefore - plan.length;

  const queryLatencies = new Latencies();
  const readBack = new ReadBack(client, queryLatencies);
  const { untilMs, daysBack } = dataset;
  const period = { fromMs: untilMs - daysBack * MS_PER_DAY, untilMs };
  const found = await readBack.compare(users, accepted, priorities, period);

  print(`Accepted    ${count(accepted.length)} of ${count(dataset.count)} readings`);
  print(`Send        ${sender.latencies.overall()}; ${count(retries)} retries`);
  print(
    `Query       ${queryLatencies.overall()}; ${users.length} users, ${count(readBack.rows)} rows`,
  );
  print(`Errors      ${count(sender.errors.length)}`);
  print(`Read back   ${found.length === 0 ? 'equal to what was sent' : 'DIFFERENT'}`);
  printList('Errors:', sender.errors);
  printList('Differences:', found);
  print(`\nUsers: ${users[0]}${users.length > 1 ? ` to ${users.at(-1)}` : ''}`);
  print(`The same again: ${commandOf(options)}`);
  return sender.errors.length === 0 && found.length === 0;
};

const main = async (): Promise<number> => {
  const options = readOptions(process.argv.slice(2), Date.now());
  if (options === 'help') {
    print(USAGE);
    return 0;
  }
  const { counter, countAndFetch } = countingFetch();
  const client = createHeartRateClient({ baseUrl: options.url, fetch: countAndFetch });
  return (await generate(client, options, () => counter.requests)) ? 0 : 1;
};

try {
  process.exitCode = await main();
} catch (error) {
  const isUsage = error instanceof UsageError;
  process.stderr.write(isUsage ? `${error.message}\n\n${USAGE}` : `${String(error)}\n`);
  process.exitCode = isUsage ? 2 : 1;
}
