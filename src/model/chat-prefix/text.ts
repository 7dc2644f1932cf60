/** The tags between which a model writes its reasoning. */
export interface ReasoningTags {
  readonly open: string;
  readonly close: string;
}

/** Puts what a server told apart back into the one text that the model wrote. Each function gives what is now certain. */
export interface TurnText {
  reasoning(part: string): string;
  content(part: string): string;
  /** What was held back. To be called before anything else is said, and at the end. */
  rest(): string;
}

/**
 * The text that follows `before`. A server that tells reasoning from content keeps the tags between them to itself:
 * they are put back, each once, and only where one must have stood. A tag that the server left in is not doubled.
 *
 * Reasoning that begins although `before` has closed its reasoning is taken as it is: what calls it reasoning is a
 * parser that has not seen `before`.
 */
export function createTurnText(before: string, { open, close }: ReasoningTags): TurnText {
  const closedBefore = before.includes(close);
  let text = before;
  let channel: "none" | "reasoning" | "content" = "none";
  let held = "";

  const isThinking = (): boolean => text.lastIndexOf(open) > text.lastIndexOf(close);
  const say = (...parts: readonly string[]): string => {
    const said = parts.join("");
    text += said;
    return said;
  };
  const closeWithHeld = (): string => {
    const said = say(held.trimStart().startsWith(close) ? "" : close, held);
    held = "";
    channel = "content";
    return said;
  };

  return {
    reasoning(part) {
      if (part === "") return "";
      const blank = held;
      held = "";
      const opening = channel !== "reasoning" && !closedBefore && !isThinking() ? open : "";
      channel = "reasoning";
      return say(blank, opening, part);
    },
    content(part) {
      if (part === "") return "";
      if (channel !== "reasoning" || (held === "" && !isThinking())) {
        channel = "content";
        return say(part);
      }
      held += part;
      return close.startsWith(held.trimStart()) && held.trimStart() !== close ? "" : closeWithHeld();
    },
    rest: () => (held === "" ? "" : closeWithHeld()),
  };
}

/** Takes a repetition of `given` off the beginning of a text that comes in pieces; what differs is given back whole. */
export interface EchoFilter {
  feed(part: string): string;
  /** What was held back; to be called at the end. */
  rest(): string;
}

/** White space at the end of `given` may be missing from the repetition, or come in a later piece. */
export function createEchoFilter(given: string): EchoFilter {
  const least = given.trimEnd().length;
  /** The pieces so far are the beginning of `given`, this many characters of it. */
  let repeated = 0;
  let passed = given === "";
  return {
    feed(part) {
      if (passed) return part;
      const same = commonLength(given, repeated, part);
      const before = repeated;
      repeated += same;
      if (same === part.length && repeated < given.length) return "";
      passed = true;
      return repeated < least ? given.slice(0, before) + part : part.slice(same);
    },
    rest: () => (passed || repeated >= least ? "" : given.slice(0, repeated)),
  };
}

/** How many characters of `part` are those of `text` from `start` on. */
function commonLength(text: string, start: number, part: string): number {
  let length = 0;
  while (length < part.length && start + length < text.length && text[start + length] === part[length])
    length += 1;
  return length;
}
