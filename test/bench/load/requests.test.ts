import { expect, it } from 'vitest';
import { requestsFor } from './requests.ts';

it('each reading of a changed day is followed by the query of its user', () => {
  const readings = {
    kind: 'readings',
    format: 'single',
    size: 1,
    users: 3,
    firstDayMs: Date.UTC(2024, 0, 15),
    firstRequest: 3,
  } as const;
  const paths = ['/0', '/1', '/2'];
  const next = requestsFor({ kind: 'changes', readings, paths }, 'here')();
  const sent = Array.from({ length: 10 }, () => String(next()));
  const users = sent.map((request) => /user_0*(\d+)"|^GET \/(\d)/.exec(request)?.slice(1).join(''));
  expect(users).toEqual(['1', '1', '2', '2', '2', '2', '0', '0', '0', '0']);
  expect(sent.map((request) => request.split(' ')[0])).toEqual(
    Array.from({ length: 5 }, () => ['POST', 'GET']).flat(),
  );
});
