import { expect, test } from 'vitest';
import { parseStoreAddress } from '../../../src/storage/cassandra/store-address.ts';

test.each([
  ['cassandra://one/hr?dc=dc1', ['one:9042']],
  ['cassandra://one,two/hr?dc=dc1', ['one:9042', 'two:9042']],
  ['cassandra://one,two:9999/hr?dc=dc1', ['one:9999', 'two:9999']],
  ['cassandra://one:1,two:2/hr?dc=dc1', ['one:1', 'two:2']],
  ['cassandra://10.0.0.1,[::1]:77/hr?dc=dc1', ['10.0.0.1:77', '[::1]:77']],
  ['cassandra://[::1]/hr?dc=dc1', ['[::1]:9042']],
])('%s names its nodes', (text, contactPoints) => {
  expect(parseStoreAddress(text)).toEqual({ contactPoints, keyspace: 'hr', dataCenter: 'dc1' });
});

test.each([
  ['postgres://one/hr?dc=dc1', 'must begin with cassandra://'],
  ['cassandra:///hr?dc=dc1', 'names no host'],
  ['cassandra://me:secret@one/hr?dc=dc1', 'CASSANDRA_PASSWORD'],
  ['cassandra://me:sec/ret@one/hr?dc=dc1', 'CASSANDRA_PASSWORD'],
  ['cassandra://me:sec?ret@one/hr?dc=dc1', 'CASSANDRA_PASSWORD'],
  ['cassandra://one,/hr?dc=dc1', 'has "", which is no host'],
  ['cassandra://a b/hr?dc=dc1', 'has "a b", which is no host'],
  ['cassandra://one:70000/hr?dc=dc1', 'has "one:70000", which is no host'],
  ['cassandra://one?dc=dc1', 'names no keyspace'],
  ['cassandra://one/HR?dc=dc1', 'names no keyspace'],
  ['cassandra://one/hr', 'must name the data centre'],
  ["cassandra://one/hr?dc='", 'must name the data centre'],
  ['cassandra://one/hr?dc=dc1&tls=1', 'has tls='],
])('%s is refused, in words', (text, why) => {
  expect(parseStoreAddress(text)).toContain(why);
});
