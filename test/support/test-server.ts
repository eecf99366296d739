import { listen } from '../../src/http/server.ts';
import { openTestService, type TestService } from './test-service.ts';

/** A service for tests that listens on a free port of this machine. */
export interface TestServer {
  /** The address without a path. */
  readonly url: string;
  readonly service: TestService;
  close(): Promise<void>;
}

export const openTestServer = async (): Promise<TestServer> => {
  const service = await openTestService();
  const server = await listen(service.app, { host: '127.0.0.1', port: 0 });
  return {
    url: server.url,
    service,
    async close() {
      await server.close();
      await service.close();
    },
  };
};
