import picocolors from "picocolors";
import type { Surroundings, TextOutput } from "./surroundings.ts";

/** Colours, or none where the output is no terminal or does not want them. */
export type Paint = ReturnType<typeof picocolors.createColors>;

export interface PaintOptions {
  readonly environment: Surroundings["environment"];
  readonly noColor: boolean;
}

/** See https://no-color.org. */
export function createPaint(output: TextOutput, { environment, noColor }: PaintOptions): Paint {
  const unwanted = noColor || isSet(environment["NO_COLOR"]) || environment["TERM"] === "dumb";
  return picocolors.createColors(output.isTTY === true && !unwanted);
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== "";
}
