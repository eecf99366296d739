import type { RouteConfigToTypedResponse, z } from '@hono/zod-openapi';
import type { TypedResponse } from 'hono';
import type { components, operations } from '../../generated/openapi-types.ts';
import type * as routes from '../../generated/routes.ts';
import type * as schemas from '../../generated/zod/zod.gen.ts';

/**
 * A proof by the compiler: what Zod takes, what the routes let a handler answer, and what clients
 * are told by the types are the same. Nothing here runs; `npm run types` fails when it is wrong.
 */
type Expect<T extends true> = T;

// Under exactOptionalPropertyTypes Zod says `k?: T | undefined` where the contract's types say
// `k?: T`. Optional properties are compared as if both said the former.
type Loose<T> = T extends readonly (infer Item)[]
  ? Loose<Item>[]
  : T extends object
    ? {
        [K in keyof T]: Record<string, never> extends Pick<T, K>
          ? Loose<T[K]> | undefined
          : Loose<T[K]>;
      }
    : T;
type Same<A, B> = [Loose<A>] extends [Loose<B>]
  ? [Loose<B>] extends [Loose<A>]
    ? true
    : false
  : false;

type Schemas = components['schemas'];
export type SchemaProofs = {
  [K in keyof Schemas]: `z${K}` extends keyof typeof schemas
    ? Same<z.input<(typeof schemas)[`z${K}`]>, Schemas[K]>
    : false;
};
export type EverySchemaIsTheSame = Expect<SchemaProofs[keyof SchemaProofs]>;

/** What the router says of a response without content. */
type NoBody = Record<never, never>;
type ContractBody<R> = R extends { content: infer C } ? C[keyof C] : NoBody;
type ContractAnswer<O extends keyof operations> = {
  [S in keyof operations[O]['responses']]: {
    status: S;
    body: ContractBody<operations[O]['responses'][S]>;
  };
}[keyof operations[O]['responses']];
type RouteAnswer<R> =
  R extends TypedResponse<infer Body, infer Status, string>
    ? { status: Status; body: Body }
    : never;

/** Operations whose 200 is JSON; of other answers the router has no type but Response. */
type JsonOperations = {
  [O in keyof operations]: operations[O]['responses'] extends {
    200: { content: { 'application/json': unknown } };
  }
    ? O
    : never;
}[keyof operations];

export type OperationProofs = {
  [O in JsonOperations]: O extends keyof typeof routes
    ? Same<RouteAnswer<RouteConfigToTypedResponse<(typeof routes)[O]>>, ContractAnswer<O>>
    : false;
};
export type EveryJsonOperationIsTheSame = Expect<OperationProofs[keyof OperationProofs]>;
export type EveryOperationHasARoute = Expect<
  keyof operations extends keyof typeof routes ? true : false
>;
