import type { ApiKey } from '../../keys/api-key.ts';
import type { ReadingBatch } from '../../readings/reading-batch.ts';
import { MAX_PROBLEM_ERRORS, type ProblemError } from '../responses/problem.ts';
import type { ValidatedReadings } from './received-readings.ts';

const DETAIL = 'is not one that the API key is for';

/** Whether all readings are of users and devices that the key is for. */
export const isForAll = (key: ApiKey, { runs }: ReadingBatch): boolean =>
  runs.every(({ userId, deviceId }) => key.isForUser(userId) && key.isForDevice(deviceId));

/** Which of a body's valid readings the key is not for, cut to as many as the contract allows. */
export const errorsOfKey = (
  key: ApiKey,
  { valid, pointerTo }: ValidatedReadings,
): ProblemError[] => {
  const errors: ProblemError[] = [];
  for (const { index, reading } of valid) {
    if (errors.length >= MAX_PROBLEM_ERRORS) break;
    const at = pointerTo(index);
    if (!key.isForUser(reading.user_id)) errors.push({ pointer: `${at}/user_id`, detail: DETAIL });
    if (!key.isForDevice(reading.device_id)) {
      errors.push({ pointer: `${at}/device_id`, detail: DETAIL });
    }
  }
  return errors.slice(0, MAX_PROBLEM_ERRORS);
};
