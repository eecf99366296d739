import type { HttpServices } from '../../src/http/http-app.ts';
import { listen } from '../../src/http/server.ts';
import { openTestService, type Requests, requestsTo, type TestService } from './test-service.ts';

/** A service for tests that listens on a free port of this machine. */
export interface TestServer extends Requests {
  /** The address without a path. */
  readonly url: string;
  readonly service: TestService;
  close(): Promise<void>;
}

export const openTestServer = async (
  overrides: Partial<HttpServices> = {},
): Promise<TestServer> => {
  const service = await openTestService(overrides);
  const server = await listen(service.app, { host: '127.0.0.1', port: 0 });
  return {
    ...requestsTo(server.url, (request) => fetch(request)),
    url: server.url,
    service,
    async close() {
      service.live.close();
      await server.close();
      await service.close();
    },
  };
};
