import type { SourceRow } from '../source-row.ts';
import type { Format } from './format.ts';
import { readXml } from './xml.ts';

const HEART_RATE = 'HKQuantityTypeIdentifierHeartRate';

/**
 * `export.xml` of Apple's Health app. Each heart rate is a `Record` of its own, also those of
 * workouts; `startDate` is when it was measured.
 */
export const appleHealth: Format = {
  name: 'apple-health',
  title: 'Apple Health export.xml',
  recognizes: ({ text }) =>
    text.startsWith('<') && /<HealthData[\s>]|<!DOCTYPE HealthData/.test(text),
  read({ chunks }) {
    let records = 0;
    return readXml<SourceRow>(chunks(), {
      open(name, attributes, emit) {
        if (name !== 'Record' || attributes.type !== HEART_RATE) return;
        const placed = { place: `heart rate ${++records}`, row: attributes };
        const { unit, startDate, sourceName, value } = attributes;
        if (unit === 'count/min') {
          emit({ ...placed, source: sourceName, time: startDate, heartRate: value });
        } else {
          emit({ ...placed, reason: `its unit is ${JSON.stringify(unit)}, not count/min` });
        }
      },
    });
  },
};
