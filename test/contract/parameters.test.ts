import { HonoRequest } from 'hono/request';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { operationsOf } from '../../src/openapi/spec-document.ts';
import { contract } from '../support/contract.ts';
import { exampleOf } from '../support/example-request.ts';
import { openTestService, type TestService } from '../support/test-service.ts';

let service: TestService;
beforeAll(async () => {
  service = await openTestService();
});
afterAll(() => service.close());
afterEach(() => {
  vi.restoreAllMocks();
});

/** Every field that is read of what was validated, by the names of the contract. */
const recordReads = (): Set<string> => {
  const reads = new Set<string>();
  const valid = HonoRequest.prototype.valid;
  vi.spyOn(HonoRequest.prototype, 'valid').mockImplementation(function (
    this: HonoRequest,
    target: string,
  ) {
    return new Proxy(valid.call(this, target as never) as object, {
      get(fields, name, receiver) {
        reads.add(`${target} ${String(name)}`);
        return Reflect.get(fields, name, receiver);
      },
    }) as never;
  });
  return reads;
};

const TARGETS: Readonly<Record<string, string>> = {
  query: 'query',
  path: 'param',
  header: 'header',
};

const withParameters = operationsOf(contract).filter(({ parameters }) => parameters.length > 0);

test.each(withParameters.map((placed) => [placed.operation.operationId, placed] as const))(
  '%s: every parameter is read by its handler',
  async (_, placed) => {
    const reads = recordReads();
    const answer = await service.fetch(exampleOf(placed));
    expect(answer.status).not.toBe(400);
    expect([...reads].sort()).toEqual(
      placed.parameters.map(({ name, in: where }) => `${TARGETS[where]} ${name}`).sort(),
    );
  },
);
