/** `1,837,400` */
export const countText = (value: number): string => value.toLocaleString('en-US');
