import { expect, test } from 'vitest';
import { FairQueue } from '../../../src/storage/cassandra/fair-queue.ts';

const [a, b] = [{ group: 'a' }, { group: 'b' }];

const takenOf = (queue: FairQueue<string>) => {
  const items: string[] = [];
  for (let next = queue.take(); next !== undefined; next = queue.take()) items.push(next.item);
  return items;
};

test('groups take turns, each in the order of its items', () => {
  const queue = new FairQueue<string>(9);
  for (const item of ['a1', 'a2', 'a3', 'a4']) queue.push(a, item);
  for (const item of ['b1', 'b2']) queue.push(b, item);
  expect(takenOf(queue)).toEqual(['a1', 'b1', 'a2', 'b2', 'a3', 'a4']);
  expect(queue.take()).toBeUndefined();
});

test('of one group no more are taken than its share, until some are done', () => {
  const queue = new FairQueue<string>(2);
  for (const item of ['a1', 'a2', 'a3', 'a4']) queue.push(a, item);
  queue.push(b, 'b1');
  expect(takenOf(queue)).toEqual(['a1', 'b1', 'a2']);
  queue.push(a, 'a5');
  expect(queue.take()).toBeUndefined();
  queue.done(a);
  expect(takenOf(queue)).toEqual(['a3']);
  queue.done(a);
  queue.done(a);
  expect(takenOf(queue)).toEqual(['a4', 'a5']);
  for (const group of [a, a, b]) queue.done(group);
  expect(queue.take()).toBeUndefined();
  queue.push(a, 'a6');
  expect(queue.take()).toEqual({ name: a, item: 'a6' });
});

test('a group that has its share and nothing waiting goes on when more comes', () => {
  const queue = new FairQueue<string>(1);
  queue.push(a, 'a1');
  expect(takenOf(queue)).toEqual(['a1']);
  queue.push(a, 'a2');
  expect(takenOf(queue)).toEqual([]);
  queue.done(a);
  expect(takenOf(queue)).toEqual(['a2']);
  queue.done(a);
  queue.push(a, 'a3');
  queue.push(a, 'a4');
  expect(takenOf(queue)).toEqual(['a3']);
});
