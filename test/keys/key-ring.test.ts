import { afterEach, expect, test, vi } from 'vitest';
import { ApiKey } from '../../src/keys/api-key.ts';
import { KeyRing } from '../../src/keys/key-ring.ts';
import { newToken, tokenOf, tokenText } from '../../src/keys/token.ts';
import { testKey } from '../support/test-keys.ts';

afterEach(() => {
  vi.useRealTimers();
});

test('a token is 256 random bits with an id, and read back', () => {
  const token = newToken();
  expect(tokenText(token)).toMatch(/^hr_[0-9a-f]{12}_[\w-]{43}$/);
  expect(tokenOf(tokenText(token))).toEqual(token);
  expect(newToken().secret).not.toBe(token.secret);
});

test.each(['', 'hr_', 'hr_a_', 'hr__x', 'hr_A_x', 'xx_a_b', `hr_a_${'x'.repeat(44)}`])(
  'no token: %s',
  (text) => {
    expect(tokenOf(text)).toBeUndefined();
  },
);

test('the scheme is of any case, and a key is valid until it expires', () => {
  vi.useFakeTimers({ now: Date.parse('2024-01-15T09:59:59Z') });
  const { entry, token } = testKey({ expires: '2024-01-15T11:00:00+01:00' });
  const ring = new KeyRing([entry]);
  for (const scheme of ['Bearer', 'bearer', 'BEARER ']) {
    expect(ring.authenticate(`${scheme} ${token}`)).toMatchObject({ id: entry.id });
  }
  const key = ring.authenticate(`Bearer ${token}`) as ApiKey;
  expect(ring.isInForce(key)).toBe(true);
  vi.advanceTimersByTime(1_000);
  expect(ring.authenticate(`Bearer ${token}`)).toBe('expired');
  expect(ring.isInForce(key)).toBe(false);
});

test('that a key has expired or was revoked is told to those who have its secret alone', () => {
  const keys = [
    testKey({ expires: '2024-01-15T10:00:00Z' }),
    testKey({ revoked: '2024-01-15T10:00:00Z' }),
  ];
  const ring = new KeyRing(keys.map(({ entry }) => entry));
  const otherSecret = newToken().secret;
  expect(keys.map(({ token }) => ring.authenticate(`Bearer ${token}`))).toEqual([
    'expired',
    'revoked',
  ]);
  for (const { entry } of keys) {
    expect(ring.authenticate(`Bearer hr_${entry.id}_${otherSecret}`)).toBe('invalid');
  }
});

test('of keys that are replaced, those that are as they were stay in force', () => {
  const [kept, changed, gone] = [testKey(), testKey(), testKey()];
  const ring = new KeyRing([kept.entry, changed.entry, gone.entry]);
  const keyOf = ({ token }: { token: string }) => ring.authenticate(`Bearer ${token}`) as ApiKey;
  const before = [kept, changed, gone].map(keyOf);
  ring.replace([{ ...changed.entry, scopes: ['read'] }, kept.entry]);
  expect(before.map((key) => ring.isInForce(key))).toEqual([true, false, false]);
  expect(keyOf(gone)).toBe('invalid');
  expect(keyOf(changed).allows('erase')).toBe(false);
});

test('whom a key is for', () => {
  const forUsers = (bounds: object) => {
    const key = new ApiKey({ ...testKey().entry, ...bounds });
    return ['a', 'ab', 'b', 'A'].filter((user) => key.isForUser(user));
  };
  expect(forUsers({})).toEqual(['a', 'ab', 'b', 'A']);
  expect(forUsers({ users: ['a'] })).toEqual(['a']);
  expect(forUsers({ user_prefixes: ['a'] })).toEqual(['a', 'ab']);
  expect(forUsers({ users: ['b'], user_prefixes: ['ab'] })).toEqual(['ab', 'b']);
  const key = new ApiKey({ ...testKey().entry, devices: ['a', 'a'] });
  expect([key.isForDevice('a'), key.isForDevice('ab'), key.devices]).toEqual([true, false, ['a']]);
});
