/** Returns a whole number from 0 on, below the limit. */
export type Random = (below: number) => number;

/** Returns random numbers that a seed decides. */
export function seeded(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Returns a seed, and prints it: a failure is repeated by putting it here instead. */
export function newSeed(what: string): number {
  const seed = Math.floor(Math.random() * 2 ** 32);
  console.log(`${what}: seed ${seed}`);
  return seed;
}
