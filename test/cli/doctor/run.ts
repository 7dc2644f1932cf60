import { runProgram } from "../../../src/cli/program.ts";
import { createStage, type StageOptions } from "../surroundings.ts";

/** Runs doctor; addresses and times are always the same in what it says. */
export async function doctor(
  environment: Readonly<Record<string, string>>,
  options: StageOptions & { args?: string[] } = {},
) {
  const stage = createStage({ ...options, environment });
  const exitCode = await runProgram(["doctor", ...(options.args ?? [])], stage.surroundings);
  const out = stage
    .out()
    .replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, "http://127.0.0.1:1")
    .replaceAll(/[\d.]+ m?s\b/g, "0.1 s");
  return { exitCode, out, err: stage.err() };
}
