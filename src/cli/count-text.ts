/** `1,837,400` */
export const countText = (value: number): string => value.toLocaleString('en-US');

/** `1 row`, `1,837,400 rows` */
export const countOf = (value: number, singular: string): string =>
  `${countText(value)} ${singular}${value === 1 ? '' : 's'}`;
