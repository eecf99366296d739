import type { Workload } from '../bench.ts';
import type { Figure } from '../figure.ts';
import { simulateDay } from '../simulation/simulate-day.ts';

const HOURS = 24;
const RATES_PER_SECOND = [1_000, 5_000, 10_000, 20_000, 50_000];
/** At this rate, and below it, nothing may ever be refused. */
const BORNE_PER_SECOND = 20_000;

/** A day of steady load in seconds: when, if ever, the first readings would be refused. */
export const daySimulation: Workload = async ({ step }) => {
  const figures: Figure[] = [];
  for (const rate of RATES_PER_SECOND) {
    step(`simulating a day of ${rate} readings/s`);
    const simulated = await simulateDay(rate);
    const { firstRefusalAfterHours, mostUnflushedReadings, mostParts } = simulated;
    const named = {
      workload: 13,
      work: `${HOURS} h of ${rate.toLocaleString('en-US')} readings/s, simulated`,
    };
    figures.push(
      {
        ...named,
        measure: firstRefusalAfterHours === undefined ? 'nothing refused for' : 'first 503 after',
        value: firstRefusalAfterHours ?? HOURS,
        unit: 'h',
        ...(rate > BORNE_PER_SECOND ? {} : { goal: { atLeast: HOURS } }),
        note: `waiting at most ${(mostUnflushedReadings / 1e6).toFixed(2)} M readings`,
      },
      {
        ...named,
        measure: 'parts of the day, most',
        value: mostParts,
        unit: 'parts',
        note: `${simulated.partsAtEnd} at the end; each reading written ${simulated.writeAmplification.toFixed(1)} times more`,
      },
    );
  }
  return figures;
};
