import { simulate, type SimulateOptions, type Simulated } from "./simulate.ts";

/** Plays these seeds; what comes back are those that break a rule, to be played again with `npm run simulate`. */
export async function broken(
  from: number,
  count: number,
  options?: SimulateOptions,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (let seed = from; seed < from + count; seed += 1) {
    const { violations } = await simulate(seed, options);
    if (violations.length > 0) {
      found.push(`npm run simulate -- --from ${seed} --seeds 1 --trace: ${violations.join("; ")}`);
    }
  }
  return found;
}

/** All that happened, as `npm run simulate` prints it. */
export function told({ plan, trace }: Pick<Simulated, "plan" | "trace">): string {
  return [JSON.stringify(plan), ...trace].join("\n");
}
