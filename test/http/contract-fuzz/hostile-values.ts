import fc from 'fast-check';

/** Part of all that is sent and says something of a person: it must be in no log and no label. */
export const MARK = 'fuzzmark';

/** Texts that other services have stumbled over. */
export const HOSTILE_TEXTS = [
  '',
  ' ',
  `${MARK}\0`,
  `${MARK}\r\nX-Injected: 1`,
  '\ud83d',
  '\udc93',
  '\u202e',
  '\ufeff',
  'null',
  'undefined',
  'NaN',
  '-0',
  '1e400',
  '__proto__',
  'constructor',
  'toString',
  '../../etc/passwd',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is sent as it is.
  '${jndi:ldap://a}',
  "' OR 1=1 --",
  '<script>alert(1)</script>',
  '2024-02-30T00:00:00Z',
  '2024-01-15T10:00:00.0000009Z',
  '9999-12-31T23:59:59Z',
  `${MARK}💓`.repeat(30),
  'a'.repeat(3_000),
  '0'.repeat(400),
] as const;

/** As parts of a target: what is no percent-encoding, or no UTF-8, or ends the target early. */
export const HOSTILE_ENCODINGS = [
  ...['%', '%zz', '%ff', '%c0%af', '%ed%a0%80', '%f8%88%80%80%80', '%00', '%0d%0a', '#a', '?', '&'],
  ...['=', '&&', '=&=', '%25', '+', ';', '\u00e9', '[]', 'a[b]=c', '__proto__[a]=b'],
];

export const hostileText = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...HOSTILE_TEXTS) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 140 }) },
  { weight: 1, arbitrary: fc.string({ maxLength: 20 }).map((text) => MARK + text) },
);

/** Of JSON. */
export const hostileValue = fc.oneof(
  hostileText,
  fc.double(),
  fc.constantFrom(29.999999999999996, 220.00000000000003, -0, 1e308, 2 ** 53, true, false, null),
  fc.jsonValue({ maxDepth: 3 }),
  fc.constant(JSON.parse('{"__proto__":{"heart_rate":75},"constructor":{"prototype":1}}')),
);

/** What may stand in a header that a client of Node sends. */
export const headerText = fc.oneof(
  fc.constantFrom('', '*', ',', ';', '"', 'a;q=9', 'a'.repeat(300), 'W/"', '\u00ff', '"a", "a"'),
  fc.string({ maxLength: 30 }).map((text) => text.replace(/[^\x20-\x7e]/g, '?')),
);
