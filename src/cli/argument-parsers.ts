import { InvalidArgumentError } from 'commander';
import { parseTimestamp } from '../readings/timestamp.ts';
import { isPrintable } from './printable.ts';

/** Digits alone, between two bounds. */
export const wholeNumber =
  (min: number, max: number) =>
  (text: string): number => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };

/** An address of http or https, without what cannot be followed by a path. */
export const httpUrl = (text: string): string => {
  if (/^https?:\/\/[^?#]*$/.test(text) && URL.canParse(text)) return text;
  throw new InvalidArgumentError('It must be an http or https URL.');
};

/** A timestamp as the service takes it; stays as it is. */
export const timestamp = (text: string): string => {
  if (parseTimestamp(text) !== undefined) return text;
  throw new InvalidArgumentError('It must be a timestamp such as 2024-01-15T10:00:00Z.');
};

export const notEmpty = (text: string): string => {
  if (text !== '') return text;
  throw new InvalidArgumentError('It must not be empty.');
};

/** Not empty, and what a terminal shows as it is. */
export const plainLine = (text: string): string => {
  if (isPrintable(notEmpty(text))) return text;
  throw new InvalidArgumentError('It must not have control characters.');
};
