import { expect, test } from 'vitest';
import { connect } from '../../../src/storage/cassandra/connect.ts';

// Nobody listens on the discard port.
const settings = {
  ...{ contactPoints: ['127.0.0.1:9'], keyspace: 'hr', dataCenter: 'dc1', replicationFactor: 1 },
  ...{ credentials: undefined, tls: undefined, maxClockSkewMs: 100 },
};

test('a cluster that is not there is no cluster', async () => {
  await expect(connect(settings)).rejects.toMatchObject({ name: 'NoHostAvailableError' });
});

test('with a password and TLS it is not there either', async () => {
  const credentials = { username: 'me', password: 'secret' };
  const secured = { ...settings, credentials, tls: { caFile: undefined } };
  await expect(connect(secured)).rejects.toMatchObject({ name: 'NoHostAvailableError' });
});

test('a file of authorities that is not there is told of', async () => {
  const secured = { ...settings, tls: { caFile: '/nowhere/ca.pem' } };
  await expect(connect(secured)).rejects.toMatchObject({ code: 'ENOENT' });
});
