import fc from 'fast-check';
import { dereference, type Ref, type Schema } from '../../../src/openapi/spec-document.ts';
import { contract, validatorOf } from '../../support/contract.ts';
import { MARK } from './hostile-values.ts';

interface ValueSchema extends Schema {
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly examples?: readonly unknown[];
}

const MAX_ITEMS = 5;

/** Readings of the same few identities meet, and are found again by what asks for them. */
const FAVOURITES: Readonly<Record<string, readonly string[]>> = {
  UserId: ['user_123', `${MARK}-ann`, `${MARK} 💓&=+%`, "__proto__'"],
  DeviceId: ['device_a', `${MARK}-watch`, '%00'],
  Timestamp: ['2024-01-15T10:00:00Z', '2024-01-15 12:00:00.5 +0200', '2024-01-15T10:00'],
};

const nameOf = (schema: Schema | Ref): string => schema.$ref?.split('/').at(-1) ?? '';

const texts = (name: string, schema: ValueSchema): fc.Arbitrary<string> => {
  if (schema.enum !== undefined) return fc.constantFrom(...(schema.enum as string[]));
  const known = FAVOURITES[name] ?? (schema.examples as string[] | undefined) ?? [''];
  const favourites = fc.constantFrom(...known);
  // A pattern cannot say which zones there are.
  if (schema.pattern === undefined || name === 'TimeZone') return favourites;
  const isValid = validatorOf(`#/components/schemas/${name}`);
  const any = fc.stringMatching(new RegExp(schema.pattern, 'u')).filter((text) => isValid(text));
  return fc.oneof({ weight: 4, arbitrary: favourites }, { weight: 1, arbitrary: any });
};

const numbers = ({ minimum = 0, maximum = 1e6 }: ValueSchema): fc.Arbitrary<number> =>
  fc.oneof(
    fc.double({ min: minimum, max: maximum, noNaN: true }),
    fc.constantFrom(minimum, maximum),
    fc.integer({ min: minimum, max: maximum }),
  );

/** Values that a schema of the contract takes. It knows the keywords that requests are made of. */
export const valuesOf = (node: Schema | Ref): fc.Arbitrary<unknown> => {
  const schema = dereference<ValueSchema>(contract, node);
  switch (schema.type) {
    case 'string':
      return texts(nameOf(node), schema);
    case 'number':
      return numbers(schema);
    case 'array': {
      const { minItems = 0, maxItems = MAX_ITEMS, items = {} } = schema;
      const maxLength = Math.min(maxItems, MAX_ITEMS);
      return fc.array(valuesOf(items), { minLength: minItems, maxLength });
    }
    case 'object': {
      const { properties = {}, required = [] } = schema;
      const fields = Object.entries(properties).map(([key, of]) => [key, valuesOf(of)] as const);
      return fc.record(Object.fromEntries(fields), { requiredKeys: [...required] });
    }
    default:
      throw new Error(`no values are known of the type ${schema.type}`);
  }
};
