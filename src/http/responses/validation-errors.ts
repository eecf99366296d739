import type { z } from '@hono/zod-openapi';
import type { ProblemError } from './problem.ts';

type Issue = z.core.$ZodIssue;
/** The pointer prefix of each kind of parameter, by Hono's name for it. */
const ROOTS = { query: '/query', param: '/path', header: '/header' } as const;

/** Stands in a parsed body for a line that is not JSON. */
export const NOT_JSON = Symbol('not JSON');

/** RFC 6901, 3 */
const escaped = (key: PropertyKey): string =>
  String(key).replaceAll('~', '~0').replaceAll('/', '~1');

const valueAt = (data: unknown, path: readonly PropertyKey[]): unknown => {
  let value = data;
  for (const key of path) {
    // A list parameter that was given once is the text alone.
    if (typeof value === 'string' && key === 0) return value;
    if (typeof value !== 'object' || value === null) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
};

const withArticle = (noun: string): string => `${/^[aeio]/.test(noun) ? 'an' : 'a'} ${noun}`;

const detailOf = (issue: Issue, value: unknown, target: string): string => {
  if (value === undefined && issue.path.length > 0) return 'is required';
  if (value === NOT_JSON) return 'is not JSON';
  if (target === 'query' && Array.isArray(value) && !('origin' in issue)) {
    return 'must be given only once';
  }
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${withArticle(issue.expected)}`;
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return issue.origin === 'array'
        ? `must have at least ${issue.minimum} item`
        : `must be at least ${issue.minimum}`;
    case 'too_big':
      return issue.origin === 'array'
        ? `must have at most ${issue.maximum} items`
        : `must be at most ${issue.maximum}`;
    default:
      return issue.message;
  }
};

const isParameter = (target: string): target is keyof typeof ROOTS => target in ROOTS;

/**
 * Zod's issues with `data` as errors of a problem: pointers into the body, or `/query/`, `/path/` or
 * `/header/` and the parameter's name. `target` is Hono's name for the part of the request.
 */
export const validationErrors = (
  issues: readonly Issue[],
  data: unknown,
  target: string,
): ProblemError[] => {
  const root = isParameter(target) ? ROOTS[target] : '';
  const pointerTo = (path: readonly PropertyKey[]) =>
    root + path.map((key) => `/${escaped(key)}`).join('');
  return issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({
          pointer: pointerTo([...issue.path, key]),
          detail: 'is not a parameter of this operation',
        }))
      : {
          pointer: pointerTo(issue.path),
          detail: detailOf(issue, valueAt(data, issue.path), target),
        },
  );
};
