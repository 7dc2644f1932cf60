import { parseArgs } from "node:util";
import { told } from "./played.ts";
import { simulate } from "./simulate.ts";

/** Plays seeds, and prints those that break a rule, with what happened. Exit code 1 where there are any. */
const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "2000" },
    from: { type: "string", default: "1" },
    trace: { type: "boolean", default: false },
  },
});
const from = Number(values.from);
const count = Number(values.seeds);
let failed = 0;
for (let seed = from; seed < from + count; seed += 1) {
  try {
    const simulated = await simulate(seed);
    if (values.trace) console.log(told(simulated));
    if (simulated.violations.length > 0) tell(seed, simulated.violations.join("; "));
  } catch (error) {
    tell(seed, error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  const played = seed - from + 1;
  if (played % 1000 === 0) console.log(`${played} seeds played, ${failed} broke a rule`);
}

function tell(seed: number, what: string): void {
  failed += 1;
  console.log(`seed ${seed}: ${what}`);
}

console.log(`${count} seeds from ${from}: ${failed} broke a rule.`);
process.exitCode = failed === 0 ? 0 : 1;
