/** Code units in the order of the code points that they are of: surrogates come last. */
const rankOf = (unit: number): number => {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
};

/**
 * Compares strings as Parquet, Polars and DuckDB do, by their UTF-8 bytes, which is the order of
 * code points. `<` goes by UTF-16 code units: of '\uffee' and '😀' it takes the wrong one first.
 */
export const compareUtf8 = (a: string, b: string): number => {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const [unitOfA, unitOfB] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (unitOfA !== unitOfB) return rankOf(unitOfA) - rankOf(unitOfB);
  }
  return a.length - b.length;
};
