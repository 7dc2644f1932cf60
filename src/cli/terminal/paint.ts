import picocolors from "picocolors";
import { hasHyperlinks } from "./hyperlink.ts";
import type { Rendering } from "./rendering.ts";
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

/** How text is wrapped and Markdown rendered; undefined where both stay as they are: where there are no colours. */
export function renderingFor(
  output: TextOutput,
  options: PaintOptions,
  addressOf: Rendering["addressOf"] = () => undefined,
): Rendering | undefined {
  const paint = createPaint(output, options);
  if (!paint.isColorSupported) return undefined;
  return { paint, links: hasHyperlinks(options.environment), addressOf, width: output.columns ?? 80 };
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== "";
}
