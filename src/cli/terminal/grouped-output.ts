import { LineWrapper, type Style } from "./line-wrapper.ts";
import { MarkdownWriter } from "./markdown.ts";
import { renderingFor, type PaintOptions } from "./paint.ts";
import { printable } from "./printable.ts";
import type { Rendering } from "./rendering.ts";
import type { TextOutput } from "./surroundings.ts";

/**
 * A stream that a person reads, as groups with an empty line between them. Everything passes the filter for control
 * characters here, and is coloured afterwards.
 */
export interface GroupedOutput {
  /** A whole line or several. */
  line(group: string, text: string, style?: Style): void;
  /** Text that goes on where the group's last piece ended; white space at either end of the group is left out. */
  flow(group: string, text: string, style?: Style): void;
  /** The same for Markdown, which is rendered where lines are wrapped, and else shown as it is. */
  markdown(group: string, text: string): void;
  /** Markdown that is there as a whole, in lines of its own. */
  document(group: string, text: string): void;
  /** Ends the line that is being written, if any. */
  close(): void;
}

export interface GroupedOutputOptions {
  /** Something stands above already, from which the first group keeps its distance. */
  readonly above?: boolean;
  /** Lines are wrapped at words, and Markdown is rendered with this. Without it text is written as it is. */
  readonly rendering?: Rendering | undefined;
}

const plain: Style = (text) => text;

export function createGroupedOutput(output: TextOutput, options: GroupedOutputOptions = {}): GroupedOutput {
  const { above = false, rendering } = options;
  const wrapper = rendering === undefined ? undefined : new LineWrapper(output);
  const writer =
    rendering === undefined || wrapper === undefined ? undefined : new MarkdownWriter(wrapper, rendering);
  let current: string | undefined = above ? "" : undefined;
  /** The group whose line is being written. */
  let flowing: string | undefined;
  /** What may still be the end of a flow, and of which one. */
  let held = { group: "", text: "" };

  function endLine(): void {
    if (flowing !== undefined) {
      writer?.end();
      if (wrapper === undefined) output.write("\n");
      else wrapper.newline();
    }
    flowing = undefined;
  }
  function close(): void {
    endLine();
    held = { group: "", text: "" };
  }
  function enter(group: string): void {
    if (group === current) return;
    endLine();
    if (current !== undefined) output.write("\n");
    current = group;
  }
  function flow(group: string, text: string, style: Style = plain): void {
    const whole = (held.group === group ? held.text : "") + printable(text);
    const rest = flowing === group ? whole : whole.trimStart();
    const end = endOfShown(rest);
    held = { group, text: rest.slice(end) };
    if (end === 0) return;
    enter(group);
    flowing = group;
    const shown = rest.slice(0, end);
    if (wrapper === undefined) output.write(style(shown));
    else {
      for (const [at, part] of shown.split("\n").entries()) {
        if (at > 0) wrapper.newline();
        wrapper.text(part, style);
      }
    }
  }

  function line(group: string, text: string, style: Style = plain): void {
    close();
    enter(group);
    for (const each of printable(text).split("\n")) {
      if (wrapper === undefined) output.write(`${each === "" ? "" : style(each)}\n`);
      else {
        const [start = ""] = /^\s*(?:\[\d+\] )?/.exec(each) ?? [];
        wrapper.begin([{ text: start, style }], { text: " ".repeat(start.length), style: plain });
        wrapper.text(each.slice(start.length), style);
        wrapper.newline();
      }
    }
  }
  function markdown(group: string, text: string): void {
    if (writer === undefined) return flow(group, text);
    const rest = flowing === group ? text : text.trimStart();
    if (rest === "") return;
    enter(group);
    flowing = group;
    writer.push(rest);
  }

  return {
    line,
    flow,
    markdown,
    document(group, text) {
      if (writer === undefined) return line(group, text);
      close();
      markdown(group, text);
      close();
    },
    close,
  };
}

/** The groups of an output, wrapped and rendered where it is a terminal with colours. */
export function openGroups(output: TextOutput, options: PaintOptions): GroupedOutput {
  return createGroupedOutput(output, { rendering: renderingFor(output, options) });
}

/** Behind the last character that is to be shown now: white space may be the end, half a character has no shape. */
function endOfShown(text: string): number {
  let end = text.length;
  while (end > 0 && /[\s\uD800-\uDBFF]/.test(text.charAt(end - 1))) end -= 1;
  return end;
}
