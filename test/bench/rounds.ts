import { median } from './statistics.ts';

/**
 * Lets each contender have its turn in each round, in the opposite order every other round, so that
 * whatever else goes on in the machine meets all alike. The results stand in the order of rounds.
 */
export const inRounds = async <T, Name extends string>(
  rounds: number,
  contenders: Readonly<Record<Name, () => Promise<T>>>,
): Promise<Record<Name, T[]>> => {
  const names = Object.keys(contenders) as Name[];
  const results = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<
    Name,
    T[]
  >;
  for (let round = 0; round < rounds; round++) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      results[name].push(await contenders[name]());
    }
  }
  return results;
};

/** Of each round the one to the other. */
export const ratios = (values: readonly number[], to: readonly number[]): number[] =>
  values.map((value, round) => value / (to[round] ?? Number.NaN));

/** A figure's value and what it is made of. */
export const ofRounds = (rounds: readonly number[]) => ({ value: median(rounds), rounds });
