const MAX_ID_LENGTH = 128;

/**
 * The device id that a source's name makes: letters and digits in lower case, everything else one
 * dash (`Anna’s Apple Watch` -> `annas-apple-watch`). Undefined when nothing is left.
 */
export const slugOf = (name: string): string | undefined => {
  const slug = name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/['’]/g, '')
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '');
  const cut = [...slug].slice(0, MAX_ID_LENGTH).join('');
  return cut === '' ? undefined : cut;
};

/** Who decides before the source's own name does. */
export interface DeviceRule {
  /** For every reading that `map` does not name. */
  readonly deviceId: string | undefined;
  /** By the source's name, or the id that it would have. */
  readonly map: ReadonlyMap<string, string>;
}

/** The device id of a reading, or undefined when nothing says it. */
export const deviceIdOf = (
  { source, deviceId }: { readonly source?: unknown; readonly deviceId?: unknown },
  rule: DeviceRule,
): string | undefined => {
  const named = typeof source === 'string' ? source.trim() : '';
  const given = typeof deviceId === 'string' && deviceId !== '' ? deviceId : undefined;
  const ownId = given ?? slugOf(named);
  const mapped = [given, named, ownId].flatMap((name) =>
    name === undefined ? [] : (rule.map.get(name) ?? []),
  );
  return mapped[0] ?? rule.deviceId ?? ownId;
};
