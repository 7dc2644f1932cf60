import { printable } from "./printable.ts";
import type { TextOutput } from "./surroundings.ts";

/** How a text is coloured, after it was made printable. */
export type Style = (text: string) => string;

/**
 * A stream that a person reads, as groups with an empty line between them. Everything passes the filter for control
 * characters here, and is coloured afterwards.
 */
export interface GroupedOutput {
  /** A whole line or several. */
  line(group: string, text: string, style?: Style): void;
  /** Text that goes on where the group's last piece ended; white space at either end of the group is left out. */
  flow(group: string, text: string, style?: Style): void;
  /** Ends the line that is being written, if any. */
  close(): void;
}

const plain: Style = (text) => text;

/** `above`: something stands above already, from which the first group keeps its distance. */
export function createGroupedOutput(
  output: TextOutput,
  options: { readonly above?: boolean } = {},
): GroupedOutput {
  let current: string | undefined = options.above === true ? "" : undefined;
  /** The group whose line is being written. */
  let flowing: string | undefined;
  /** What may still be the end of a flow, and of which one. */
  let held = { group: "", text: "" };

  function close(): void {
    if (flowing !== undefined) output.write("\n");
    flowing = undefined;
    held = { group: "", text: "" };
  }
  function enter(group: string): void {
    if (group === current) return;
    if (flowing !== undefined) output.write("\n");
    flowing = undefined;
    if (current !== undefined) output.write("\n");
    current = group;
  }

  return {
    line(group, text, style = plain) {
      close();
      enter(group);
      for (const line of printable(text).split("\n")) output.write(`${line === "" ? "" : style(line)}\n`);
    },
    flow(group, text, style = plain) {
      const whole = (held.group === group ? held.text : "") + printable(text);
      const rest = flowing === group ? whole : whole.trimStart();
      const end = endOfShown(rest);
      held = { group, text: rest.slice(end) };
      if (end === 0) return;
      enter(group);
      flowing = group;
      output.write(style(rest.slice(0, end)));
    },
    close,
  };
}

/** Behind the last character that is to be shown now: white space may be the end, half a character has no shape. */
function endOfShown(text: string): number {
  let end = text.length;
  while (end > 0 && /[\s\uD800-\uDBFF]/.test(text.charAt(end - 1))) end -= 1;
  return end;
}
