import { afterAll, beforeAll, describe } from 'vitest';
import { whyNoCassandra } from '../cassandra/cluster/jars.ts';
import { browserConformance } from './browser-conformance.ts';
import { cassandraAlone } from './cassandra-alone.ts';
import { cassandraPlace } from './cassandra-place.ts';
import { embeddedPlace } from './embedded-place.ts';
import { modelConformance } from './model-conformance.ts';
import type { Place } from './place.ts';
import { serviceConformance } from './service-conformance.ts';
import { storeConformance } from './store-conformance.ts';

// One suite, and every store passes it. Without Java there is no Cassandra, and a line that says so.

const why = await whyNoCassandra();
if (why !== undefined) process.stderr.write(`Cassandra is left out: ${why}\n`);

/** A cluster starts in 10 s, on a busy machine in some times that; the first fetches it. */
const START_TIMEOUT_MS = 300_000;

/** A place for all tests of a block, made once. */
const placeOf = <P extends Place>(open: () => Promise<P>): (() => P) => {
  let place: P;
  beforeAll(async () => {
    place = await open();
  }, START_TIMEOUT_MS);
  afterAll(() => place?.close(), START_TIMEOUT_MS);
  return () => place;
};

const conformance = (place: () => Place): void => {
  describe('as a store', () => storeConformance(place));
  describe('as a model', () => modelConformance(place));
  describe('as a service', () => serviceConformance(place));
  describe('in a browser', () => browserConformance(place));
};

describe('the embedded store', () => conformance(placeOf(embeddedPlace)));

describe.skipIf(why !== undefined)('Cassandra', () => {
  const place = placeOf(() => cassandraPlace());
  conformance(place);
  describe('and nothing else', () => cassandraAlone(place));
});
