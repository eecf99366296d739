import type { Reading } from '../data.ts';
import type { QueueStore } from './queue-store.ts';

const READINGS = 'readings';

const resultOf = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

const completed = (transaction: IDBTransaction): Promise<void> =>
  new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });

const open = (name: string): Promise<IDBDatabase> => {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () =>
    request.result.createObjectStore(READINGS, { autoIncrement: true });
  return resultOf(request);
};

/**
 * Keeps a queue's readings in an IndexedDB database of the page's origin, in browsers. One queue
 * alone may use a name: two tabs need two.
 */
export const indexedDbStore = (name: string): QueueStore => {
  const opened = open(name);
  // Whoever loads is told.
  opened.catch(() => undefined);

  const change = async (
    task: (readings: IDBObjectStore) => Promise<void> | void,
  ): Promise<void> => {
    const database = await opened;
    // Strict: it is on disk when the transaction is complete.
    const transaction = database.transaction(READINGS, 'readwrite', { durability: 'strict' });
    const isComplete = completed(transaction);
    await task(transaction.objectStore(READINGS));
    await isComplete;
  };

  return {
    async load() {
      const transaction = (await opened).transaction(READINGS);
      return resultOf<Reading[]>(transaction.objectStore(READINGS).getAll());
    },

    append: (list) =>
      change((readings) => {
        for (const reading of list) readings.add(reading);
      }),

    remove: (count) =>
      change(async (readings) => {
        const last = (await resultOf(readings.getAllKeys(null, count))).at(-1);
        if (last !== undefined) readings.delete(IDBKeyRange.upperBound(last));
      }),

    async close() {
      (await opened).close();
    },
  };
};
