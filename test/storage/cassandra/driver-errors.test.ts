import { errors, types } from 'cassandra-driver';
import { expect, test } from 'vitest';
import { unavailableWhenOfCluster } from '../../../src/storage/cassandra/driver-errors.ts';
import { StoreUnavailableError } from '../../../src/storage/reading-store.ts';

const { responseErrorCodes: codes } = types;

test.each([
  ['too few replicas', new errors.ResponseError(codes.unavailableException, 'x')],
  ['a write timeout', new errors.ResponseError(codes.writeTimeout, 'x')],
  ['a read timeout', new errors.ResponseError(codes.readTimeout, 'x')],
  ['an overloaded node', new errors.ResponseError(codes.overloaded, 'x')],
  ['no node', new errors.NoHostAvailableError({}, 'x')],
  ['no answer', new errors.OperationTimedOutError('x')],
  ['busy connections', new errors.BusyConnectionError('x', 1, 1)],
])('%s is 503, to be tried again', (_, error) => {
  const shown = unavailableWhenOfCluster(error);
  expect(shown).toBeInstanceOf(StoreUnavailableError);
  expect(shown).toMatchObject({ retryAfterSeconds: 1, cause: error });
});

test('who is refused is not told of nodes', () => {
  const error = new errors.NoHostAvailableError({ '10.1.2.3:9042': new Error('refused') });
  expect(String(error)).toContain('10.1.2.3');
  expect(String(unavailableWhenOfCluster(error))).not.toContain('10.1.2.3');
});

test.each([
  ['a statement that makes no sense', new errors.ResponseError(codes.syntaxError, 'x')],
  ['a table that is not there', new errors.ResponseError(codes.invalid, 'x')],
  ['anything else', new TypeError('x')],
])('%s is a mistake of the service', (_, error) => {
  expect(unavailableWhenOfCluster(error)).toBe(error);
});
