import { ImportError } from '../import-error.ts';
import type { SourceRow } from '../source-row.ts';
import type { Format } from './format.ts';
import { readXml } from './xml.ts';

/** Five days of one point a second. The device stands at the end of an activity. */
const MAX_POINTS = 500_000;

interface Point {
  readonly place: string;
  readonly time: string;
  readonly heartRate: string;
}

/** Garmin's Training Center XML; the device is that of the activity's `Creator`. */
export const tcx: Format = {
  name: 'tcx',
  title: 'Garmin TCX',
  recognizes: ({ text }) => text.startsWith('<') && /<TrainingCenterDatabase[\s>]/.test(text),
  read({ chunks }) {
    let points: Point[] = [];
    let count = 0;
    let source = '';
    let path: string[] = [];
    let time = '';
    let heartRate = '';
    const addPoint = (): void => {
      count++;
      if (heartRate === '') return;
      if (points.length === MAX_POINTS) {
        throw new ImportError(`An activity has more than ${MAX_POINTS} points.`);
      }
      points.push({ place: `track point ${count}`, time, heartRate });
    };
    return readXml<SourceRow>(chunks(), {
      open(name) {
        path.push(name);
        if (name === 'Trackpoint') [time, heartRate] = ['', ''];
      },
      close(name, text, emit) {
        path = path.slice(0, -1);
        const parent = path.at(-1);
        const value = text.trim();
        if (parent === 'Trackpoint' && name === 'Time') time = value;
        if (parent === 'HeartRateBpm' && name === 'Value') heartRate = value;
        if (parent === 'Creator' && name === 'Name') source = value;
        if (name === 'Trackpoint') addPoint();
        if (name !== 'Activity' && name !== 'Course') return;
        for (const { place, ...row } of points) {
          emit({ place, row, source: source || 'tcx', ...row });
        }
        [points, source] = [[], ''];
      },
    });
  },
};
