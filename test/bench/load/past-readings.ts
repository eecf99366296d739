import { DEVICES } from './readings.ts';

/** A reading of the first device, as one sends it that was away for long. */
export interface PastReading {
  readonly userId: string;
  readonly atMs: number;
  readonly heartRate: number;
}

/** Sends readings in one batch; resolves with the status of the answer. */
export const postPastReadings = async (
  url: string,
  readings: readonly PastReading[],
): Promise<number> => {
  const lines = readings.map(
    ({ userId, atMs, heartRate }) =>
      `{"user_id":"${userId}","device_id":"${DEVICES[0]}",` +
      `"timestamp":"${new Date(atMs).toISOString()}","heart_rate":${heartRate}}`,
  );
  const answer = await fetch(`${url}/metrics/heart-rate/batch`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body: lines.join('\n'),
  });
  await answer.arrayBuffer();
  return answer.status;
};

/** Sends readings in batches of `size`, one after the other; rejects when one is not taken. */
export const storePastReadings = async (
  url: string,
  readings: Iterable<PastReading>,
  size: number,
): Promise<void> => {
  let batch: PastReading[] = [];
  const send = async (): Promise<void> => {
    const status = await postPastReadings(url, batch);
    if (status !== 200) throw new Error(`a batch of past readings was answered ${status}`);
    batch = [];
  };
  for (const reading of readings) {
    batch.push(reading);
    if (batch.length === size) await send();
  }
  if (batch.length > 0) await send();
};
