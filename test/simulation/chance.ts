/** Numbers that look like chance and follow from a seed alone. */
export interface Chance {
  /** In [0, 1). */
  next(): number;
  /** A whole number from `least` to `most`, both included. */
  int(least: number, most: number): number;
  /** True so often, 0 to 1. */
  is(probability: number): boolean;
  pick<Value>(values: readonly [Value, ...Value[]]): Value;
  /** One of these by weight. */
  weigh<Name extends string>(weights: Readonly<Record<Name, number>>): Name;
  /** Chance of its own, which draws from here do not shift. */
  fork(): Chance;
}

/** The generator mulberry32: 32 bits of state, fast, and the same on every machine. */
export function createChance(seed: number): Chance {
  let state = seed >>> 0;
  const bits = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const next = (): number => bits() / 2 ** 32;
  const int = (least: number, most: number): number => least + Math.floor(next() * (most - least + 1));
  // neighbouring seeds are to begin apart
  for (let at = 0; at < 3; at += 1) bits();
  return {
    next,
    int,
    is: (probability) => next() < probability,
    pick: (values) => values[int(0, values.length - 1)] ?? values[0],
    weigh(weights) {
      const names = Object.keys(weights) as (keyof typeof weights)[];
      let left = next() * names.reduce((sum, name) => sum + weights[name], 0);
      for (const name of names) {
        left -= weights[name];
        if (left < 0) return name;
      }
      throw new RangeError("There is nothing to choose from.");
    },
    fork: () => createChance(bits()),
  };
}
