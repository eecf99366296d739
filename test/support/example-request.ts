import type { Parameter, PlacedOperation } from '../../src/openapi/spec-document.ts';
import { ORIGIN } from './test-service.ts';

type Exampled = Parameter & { readonly example?: unknown };
interface Example {
  readonly value: unknown;
}
interface ExampledMedia {
  readonly examples?: Readonly<Record<string, Example>>;
}

/** The request that the contract's own examples make, with every parameter. */
export const exampleOf = ({ path, method, operation, parameters }: PlacedOperation): Request => {
  const url = new URL(path, ORIGIN);
  const headers = new Headers();
  for (const { name, in: where, example } of parameters as readonly Exampled[]) {
    if (example === undefined) throw new Error(`${operation.operationId}: ${name} has no example`);
    if (where === 'query') url.searchParams.append(name, String(example));
    else if (where === 'header') headers.set(name, String(example));
    else url.pathname = url.pathname.replace(encodeURI(`{${name}}`), String(example));
  }
  const [type, media] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
  if (type === undefined) return new Request(url, { method: method.toUpperCase(), headers });
  const [example] = Object.values((media as ExampledMedia).examples ?? {});
  if (example === undefined) throw new Error(`${operation.operationId}: the body has no example`);
  headers.set('content-type', type);
  const body = JSON.stringify(example.value);
  return new Request(url, { method: method.toUpperCase(), headers, body });
};
