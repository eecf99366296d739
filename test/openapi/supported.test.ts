import { expect, test } from 'vitest';
import type { SpecDocument } from '../../src/openapi/spec-document.ts';
import { checkSupported, UnsupportedError } from '../../src/openapi/supported.ts';
import { contract } from '../support/contract.ts';

// biome-ignore lint/suspicious/noExplicitAny: the document is edited as freely as a text would be.
type Edit = (document: any) => void;

const what = (edit: Edit): string => {
  const document = structuredClone(contract);
  edit(document);
  try {
    checkSupported(document as SpecDocument);
  } catch (error) {
    expect(error).toBeInstanceOf(UnsupportedError);
    return (error as Error).message;
  }
  return '';
};

test('the contract is honoured whole', () => {
  expect(what(() => {})).toBe('');
});

const QUERY = 'paths > /metrics/heart-rate > get';
const SCHEMAS = 'components > schemas';

test.each<[string, Edit, string]>([
  [
    'security of all operations at once',
    (d) => (d.security = [{ ApiKey: ['read'] }]),
    'security: is not supported',
  ],
  [
    'an operation that does not say who may call it',
    (d) => delete d.paths['/devices'].get.security,
    'paths > /devices > get > security: must say who may call it; [] opens it to all',
  ],
  [
    'a scheme that there is none',
    (d) => (d.paths['/devices'].get.security = [{ Password: ['read'] }]),
    'paths > /devices > get > security: there is no scheme Password',
  ],
  [
    'alternatives of schemes',
    (d) => d.paths['/devices'].get.security.push({}),
    'paths > /devices > get > security: must have one scheme: the guard knows no alternatives',
  ],
  [
    'two schemes at once',
    (d) => (d.paths['/devices'].get.security[0].Other = []),
    'paths > /devices > get > security: must have one scheme: the guard knows no alternatives',
  ],
  [
    'an unknown scope',
    (d) => (d.paths['/devices'].get.security = [{ ApiKey: ['list'] }]),
    'paths > /devices > get > security > ApiKey: must have one scope: ingest, read, erase, metrics',
  ],
  [
    'no scope',
    (d) => (d.paths['/devices'].get.security = [{ ApiKey: [] }]),
    'paths > /devices > get > security > ApiKey: must have one scope: ingest, read, erase, metrics',
  ],
  [
    'two scopes',
    (d) => d.paths['/devices'].get.security[0].ApiKey.push('erase'),
    'paths > /devices > get > security > ApiKey: must have one scope: ingest, read, erase, metrics',
  ],
  [
    'an operation that does not say what is audited of it',
    (d) => delete d.paths['/devices'].get['x-audit'],
    'paths > /devices > get > x-audit: must be one of none, read, stream, export, erase',
  ],
  [
    'an unknown audit',
    (d) => (d.paths['/devices'].get['x-audit'] = 'ingest'),
    'paths > /devices > get > x-audit: must be one of none, read, stream, export, erase',
  ],
  [
    'an audited operation without 503',
    (d) => (d.paths['/devices'].get['x-audit'] = 'read'),
    'paths > /devices > get > responses: needs a 503, for when it cannot be audited',
  ],
  [
    'a guarded operation without 401',
    (d) => delete d.paths['/devices'].get.responses[401],
    'paths > /devices > get > responses: needs a 401, since not everybody may call it',
  ],
  [
    'a scheme that nothing checks',
    (d) => (d.components.securitySchemes.ApiKey.scheme = 'basic'),
    'components > securitySchemes > ApiKey: must be of type http with the scheme bearer: no other is checked',
  ],
  [
    'a form of bearer tokens',
    (d) => (d.components.securitySchemes.ApiKey.bearerFormat = 'JWT'),
    'components > securitySchemes > ApiKey > bearerFormat: is not supported',
  ],
  ['webhooks', (d) => (d.webhooks = {}), 'webhooks: is not supported'],
  [
    'an unknown method',
    (d) => (d.paths['/devices'].trace = {}),
    'paths > /devices > trace: is not supported',
  ],
  [
    'multipleOf',
    (d) => (d.components.schemas.HeartRate.multipleOf = 0.5),
    `${SCHEMAS} > HeartRate > multipleOf: is not supported`,
  ],
  [
    'maxLength beside a pattern',
    (d) => (d.components.schemas.UserId.maxLength = 64),
    `${SCHEMAS} > UserId > maxLength: is not supported`,
  ],
  [
    'uniqueItems, deep inside',
    (d) => (d.components.schemas.HeartRateBatch.properties.readings.uniqueItems = true),
    `${SCHEMAS} > HeartRateBatch > properties > readings > uniqueItems: is not supported`,
  ],
  [
    'a keyword misspelt',
    (d) => (d.components.schemas.HeartRate.maximun = 200),
    `${SCHEMAS} > HeartRate > maximun: is not supported`,
  ],
  [
    'allOf',
    (d) => (d.components.schemas.Health = { allOf: [] }),
    `${SCHEMAS} > Health: must have one type, or be a $ref alone`,
  ],
  [
    'two types',
    (d) => (d.components.schemas.HeartRate.type = ['number', 'null']),
    `${SCHEMAS} > HeartRate: must have one type, or be a $ref alone`,
  ],
  [
    'a schema for further properties',
    (d) => (d.components.schemas.Health.additionalProperties = { type: 'string' }),
    `${SCHEMAS} > Health > additionalProperties: a schema is not supported`,
  ],
  [
    'something beside a $ref',
    (d) => (d.components.schemas.HeartRateReading.properties.heart_rate.maximum = 200),
    `${SCHEMAS} > HeartRateReading > properties > heart_rate > maximum: is not supported`,
  ],
  [
    'a required property that there is none',
    (d) => d.components.schemas.Erased.required.push('at'),
    `${SCHEMAS} > Erased > required: there is no property at`,
  ],
  [
    'a format of somebody else',
    (d) => (d.components.schemas.UserId.format = 'email'),
    `${SCHEMAS} > UserId > format: email is not supported`,
  ],
  [
    'a pattern without a message',
    (d) => delete d.components.schemas.UserId['x-message'],
    `${SCHEMAS} > UserId: pattern and x-message belong together`,
  ],
  [
    'a timestamp without its pattern',
    (d) => {
      delete d.components.schemas.Timestamp.pattern;
      delete d.components.schemas.Timestamp['x-message'];
    },
    `${SCHEMAS} > Timestamp: format timestamp needs a pattern`,
  ],
  [
    'an unknown extension',
    (d) => (d.components.schemas.UserId['x-mesage'] = 'misspelt'),
    `${SCHEMAS} > UserId > x-mesage: is not supported`,
  ],
  [
    'a cookie',
    (d) => (d.paths['/metrics/heart-rate'].get.parameters[0].in = 'cookie'),
    `${QUERY} > parameters > 0 > in: cookie is not supported`,
  ],
  [
    'a style of parameters',
    (d) => (d.paths['/metrics/heart-rate'].get.parameters[0].style = 'pipeDelimited'),
    `${QUERY} > parameters > 0 > style: is not supported`,
  ],
  [
    'a parameter whose schema is inline',
    (d) => (d.paths['/metrics/heart-rate'].get.parameters[0].schema = { type: 'string' }),
    `${QUERY} > parameters > 0 > schema: must be a $ref to a schema in components > schemas`,
  ],
  [
    'an object as a parameter',
    (d) => (d.paths['/metrics/heart-rate'].get.parameters[0].schema.$ref = REF('Health')),
    `${QUERY} > parameters > 0 > schema: a parameter of type object is not supported`,
  ],
  [
    'a list in a header',
    (d) => {
      const [parameter] = d.paths['/metrics/heart-rate'].get.parameters;
      parameter.in = 'header';
      parameter.schema.$ref = REF('Reasons');
    },
    `${QUERY} > parameters > 0 > schema: only a query parameter may be an array`,
  ],
  [
    'a header that OpenAPI ignores',
    (d) =>
      Object.assign(d.paths['/metrics/heart-rate'].get.parameters[0], {
        in: 'header',
        name: 'Authorization',
      }),
    `${QUERY} > parameters > 0 > name: OpenAPI ignores a header parameter named Authorization`,
  ],
  [
    'a $ref to nothing',
    (d) => (d.paths['/devices'].get.responses[404] = { $ref: '#/components/responses/Nope' }),
    'paths > /devices > get > responses > 404: #/components/responses/Nope points to nothing',
  ],
  [
    'a range of statuses',
    (d) => (d.paths['/devices'].get.responses['4XX'] = { description: 'any' }),
    'paths > /devices > get > responses > 4XX: must be a status',
  ],
  [
    'an optional body',
    (d) => (d.paths['/metrics/heart-rate'].post.requestBody.required = false),
    'paths > /metrics/heart-rate > post > requestBody: must be required: an optional one is not checked',
  ],
])('%s is refused, by its place', (_, edit, message) => {
  expect(what(edit)).toBe(message);
});

const REF = (name: string) => `#/components/schemas/${name}`;
