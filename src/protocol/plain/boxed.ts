import type { ProtocolEvent, ProtocolReader } from "../protocol.ts";

/** The opening of a box, and of mathematics that begins with it. */
const OPENING = /(?:(\\\[|\\\(|\$\$?)\s{0,2})?\\boxed\{/;

/** The end of a text that may yet become one. */
const MAYBE_OPENING = /(?:(?:\\\[|\\\(|\$\$?)\s{0,2})?(?:\\(?:b(?:o(?:xe?d?)?)?)?)?$/;

const CLOSINGS: Readonly<Record<string, string>> = { "\\[": "\\]", "\\(": "\\)", $: "$", $$: "$$" };

/** Braces within a box, and commands that only say how their text looks. */
const BRACE = /\\(?:boxed|text|textbf|mathrm|mathbf)\{|\\[{}]|[{}]/g;

const MAYBE_BRACE = /\\[a-z]{0,6}$/;

/**
 * The answer as a person reads it, of one that is written for a grader: `\boxed{X}` becomes `X`, without mathematics
 * around it that holds nothing else (`\[ \boxed{X} \]`) and without `\text{…}` in it. All other text stays.
 */
export function unboxed(answer: string | null): string | null {
  const unboxer = new Unboxer();
  const text = (unboxer.feed(answer ?? "") + unboxer.flush()).trim();
  return text === "" ? null : text;
}

/** What the last box of a text holds; `null` when none is closed. */
export function lastBoxed(text: string): string | null {
  const unboxer = new Unboxer();
  unboxer.feed(text);
  return unboxer.lastBox;
}

/** The same reader, its answer without boxes. */
export function unboxingReader(reader: ProtocolReader): ProtocolReader {
  let unboxer = new Unboxer();

  function unbox(events: readonly ProtocolEvent[]): readonly ProtocolEvent[] {
    return events.flatMap((event) => {
      if (event.type === "answer-delta") return shown(unboxer.feed(event.text));
      const rest = shown(unboxer.flush());
      if (event.type === "answer-withdrawn") unboxer = new Unboxer();
      return [...rest, event];
    });
  }

  return {
    feed: (chunk) => unbox(reader.feed(chunk)),
    end: (end) => [...unbox(reader.end(end)), ...shown(unboxer.flush())],
    get done() {
      return reader.done;
    },
    get openCall() {
      return reader.openCall;
    },
    get generation() {
      return reader.generation;
    },
  };
}

function shown(text: string): readonly ProtocolEvent[] {
  return text === "" ? [] : [{ type: "answer-delta", text }];
}

/** Takes boxes from a stream. Holds back no more than the longest edge of a box. */
class Unboxer {
  lastBox: string | null = null;
  #pending = "";
  #state: "text" | "box" | "after" = "text";
  /** Whether the closing of each open brace is to be shown; the box's own is the first. */
  #braces: boolean[] = [];
  #box = "";
  #closing = "";

  feed(chunk: string): string {
    this.#pending += chunk;
    let text = "";
    for (;;) {
      const state = this.#state;
      if (state === "text") text += this.#readText();
      else if (state === "box") text += this.#readBox();
      else this.#readAfter();
      if (this.#state === state) return text;
    }
  }

  /** What was held back is text after all. */
  flush(): string {
    const text = this.#pending;
    this.#pending = "";
    if (this.#state === "after") this.#state = "text";
    return text;
  }

  #readText(): string {
    const opening = OPENING.exec(this.#pending);
    if (opening === null) return this.#take(this.#pending.search(MAYBE_OPENING));
    const text = this.#take(opening.index);
    this.#take(opening[0].length);
    this.#closing = CLOSINGS[opening[1] ?? ""] ?? "";
    this.#braces = [false];
    this.#box = "";
    this.#state = "box";
    return text;
  }

  #readBox(): string {
    const pending = this.#pending;
    let text = "";
    let from = 0;
    for (const { 0: brace, index } of pending.matchAll(BRACE)) {
      text += pending.slice(from, index);
      from = index + brace.length;
      const isEscaped = brace === "\\{" || brace === "\\}";
      const isShown = isEscaped || (brace === "}" ? this.#braces.pop() === true : brace === "{");
      if (isShown) text += brace;
      if (this.#braces.length === 0) break;
      if (!isEscaped && brace !== "}") this.#braces.push(isShown);
    }
    const isClosed = this.#braces.length === 0;
    const held = isClosed ? -1 : pending.slice(from).search(MAYBE_BRACE);
    const end = isClosed ? from : held === -1 ? pending.length : from + held;
    text += pending.slice(from, end);
    this.#take(end);
    this.#box += text;
    if (isClosed) {
      this.lastBox = this.#box;
      this.#state = "after";
    }
    return text;
  }

  #readAfter(): void {
    const [space = ""] = /^\s{0,2}/.exec(this.#pending) ?? [];
    const rest = this.#pending.slice(space.length);
    if (this.#closing !== "" && rest.startsWith(this.#closing))
      this.#take(space.length + this.#closing.length);
    else if (this.#closing !== "" && this.#closing.startsWith(rest)) return;
    this.#state = "text";
  }

  #take(length: number): string {
    const taken = this.#pending.slice(0, length);
    this.#pending = this.#pending.slice(length);
    return taken;
  }
}
