import { expect, test } from 'vitest';
import { keyFileText, parseKeyFile } from '../../src/keys/key-file.ts';
import { testKey } from '../support/test-keys.ts';

const { entry } = testKey({ users: ['user_123'], devices: ['device_a'], note: 'a watch' });

test('what is written is read back', () => {
  expect(parseKeyFile(keyFileText([entry]), 'keys.json')).toEqual([entry]);
  expect(parseKeyFile('{"keys":[]}', 'keys.json')).toEqual([]);
});

test.each<[string, unknown, string]>([
  ['no list', {}, 'keys: '],
  ['another field', { keys: [], more: 1 }, 'the file: Unrecognized key: "more"'],
  ['a misspelt bound', { keys: [{ ...entry, user: ['a'] }] }, 'keys[0]: Unrecognized key: "user"'],
  ['an unknown scope', { keys: [{ ...entry, scopes: ['write'] }] }, 'keys[0].scopes[0]: '],
  ['no scope', { keys: [{ ...entry, scopes: [] }] }, 'keys[0].scopes: '],
  // As if it were bound to nobody, where it would be to all.
  ['no user', { keys: [{ ...entry, users: [] }] }, 'keys[0].users: '],
  ['no device', { keys: [{ ...entry, devices: [] }] }, 'keys[0].devices: '],
  ['an empty prefix', { keys: [{ ...entry, user_prefixes: [''] }] }, 'keys[0].user_prefixes[0]: '],
  ['a secret for a hash', { keys: [{ ...entry, hash: 'secret' }] }, 'keys[0].hash: must be a SHA'],
  ['an id of other characters', { keys: [{ ...entry, id: 'A_b' }] }, 'keys[0].id: must be 1 to 32'],
  ['a day that is none', { keys: [{ ...entry, expires: 'soon' }] }, 'keys[0].expires: '],
  ['the same id twice', { keys: [entry, entry] }, `has two keys with the id ${entry.id}`],
])('%s is refused, by its place', (_, json, message) => {
  expect(() => parseKeyFile(JSON.stringify(json), 'keys.json')).toThrow(message);
});

test('of what is no JSON nothing is told: it may be a secret', () => {
  expect(() => parseKeyFile('hr_a_secret', 'keys.json')).toThrow(
    /^The file of API keys keys.json is not JSON$/,
  );
});
