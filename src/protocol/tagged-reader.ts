import type { Generation, ProtocolEvent, ProtocolReader, ReaderOptions, StreamEnd } from "./protocol.ts";
import { createTagScanner, type ScannedPiece } from "./tag-scanner.ts";

interface TagPair {
  readonly open: string;
  readonly close: string;
}

/** The tags of a protocol, and what its calls look like. */
export interface TagGrammar {
  readonly think: TagPair;
  readonly call: TagPair;
  readonly response: TagPair;
  /** `null`: what stands outside the reasoning is the answer. */
  readonly answer: TagPair | null;
  /** Control tokens that end the turn, should the endpoint print them. */
  readonly turnEnds: readonly string[];
  /** Whether text after an opening call tag begins a call; `undefined` while it is too short to tell. */
  beginsCall(body: string): boolean | undefined;
  /** Whether a call without its closing tag has all the rest. */
  isWholeCall(body: string): boolean;
}

/** A longer call is cut off: no query needs it, and an endless one must not fill the memory. In UTF-16 units. */
export const MAX_CALL_LENGTH = 8192;

type Mode = "think" | "text" | "answer";

/**
 * Text between call tags. `undecided`: only the tag was seen; `mention`: the tag was named in a sentence, and is a
 * call only if its closing tag comes; `body`: a call.
 */
interface OpenCall {
  state: "undecided" | "mention" | "body";
  body: string;
}

/** The reader of every protocol that writes calls, responses and reasoning between tags. */
export function createTaggedReader(
  grammar: TagGrammar,
  before: string,
  options: ReaderOptions,
): ProtocolReader {
  const scanner = createTagScanner(tagsOf(grammar));
  const raw: string[] = [];
  let events: ProtocolEvent[] = [];
  let { mode, answering } = positionAfter(before, grammar);
  let call: OpenCall | null = null;
  let done = false;
  let outcome: Generation["outcome"] = "nothing";
  let closing = "";

  function show(text: string): void {
    const isAnswer = mode === "answer" || (mode === "text" && grammar.answer === null);
    if (!isAnswer) {
      events.push({ type: "reasoning-delta", text });
      return;
    }
    const shown = answering ? text : text.trimStart();
    if (shown === "") return;
    answering = true;
    if (shown.trim() !== "") outcome = "answer";
    events.push({ type: "answer-delta", text: shown });
  }

  function endCall(whole: boolean): void {
    events.push({ type: "call-end", text: call?.body ?? "", whole });
    if (!whole) closing = grammar.call.close;
    call = null;
    outcome = "call";
    done = true;
  }

  function readText(text: string): void {
    raw.push(text);
    if (call === null) {
      show(text);
      return;
    }
    const wasUndecided = call.state === "undecided";
    call.body += text;
    if (wasUndecided) {
      const begins = grammar.beginsCall(call.body);
      if (begins !== undefined) call.state = begins ? "body" : "mention";
    }
    const shown = wasUndecided ? call.body : text;
    if (call.state === "mention") show(shown);
    if (call.state === "body") events.push({ type: "call-delta", text: shown });
    if (call.body.length <= MAX_CALL_LENGTH) return;
    if (call.state === "body") endCall(false);
    else call = null;
  }

  function readTag(tag: string): void {
    const cutsCall = tag === grammar.call.open && !options.calls;
    if (cutsCall || tag === grammar.response.open || grammar.turnEnds.includes(tag)) {
      finish({ finishReason: "stop", stopReason: tag }, "");
      done = true;
      return;
    }
    raw.push(tag);
    if (tag === grammar.call.close) {
      if (call !== null) endCall(true);
    } else if (call?.state === "body") {
      call.body += tag;
    } else if (tag === grammar.call.open) {
      call = { state: "undecided", body: "" };
    } else {
      switchMode(tag);
    }
  }

  function switchMode(tag: string): void {
    call = null;
    if (tag === grammar.think.open) mode = "think";
    else if (tag === grammar.think.close) mode = "text";
    else if (tag === grammar.answer?.open) mode = "answer";
    else if (tag === grammar.answer?.close) {
      done = mode === "answer";
      mode = "text";
    }
  }

  function read(piece: ScannedPiece): void {
    if ("tag" in piece) readTag(piece.tag);
    else readText(piece.text);
  }

  /**
   * Supplies the closing tag that the endpoint kept to itself, as far as what it says or the text itself shows that.
   * `held` is the end of the text that may be the beginning of a tag.
   */
  function finish({ finishReason, stopReason }: StreamEnd, held: string): void {
    const stopped = finishReason === "stop";
    const closes = (tag: string): boolean => stopReason === tag || (stopped && tag.startsWith(held));
    if (call !== null) {
      const closed =
        stopReason === grammar.call.close ||
        (call.state === "body" && closes(grammar.call.close) && grammar.isWholeCall(call.body));
      if (closed) {
        raw.push(grammar.call.close);
        endCall(true);
        return;
      }
      if (held !== "") readText(held);
      if (call !== null && call.state !== "mention") endCall(false);
      return;
    }
    if (stopReason === grammar.response.open) {
      events.push({ type: "response-forged" });
      return;
    }
    if (mode === "answer" && grammar.answer !== null && closes(grammar.answer.close)) {
      raw.push(grammar.answer.close);
      return;
    }
    const leaked = typeof stopReason === "string" && stopReason.startsWith(held);
    if (held !== "" && !leaked) readText(held);
  }

  function drain(): readonly ProtocolEvent[] {
    const drained = events;
    events = [];
    return drained;
  }

  return {
    feed(chunk) {
      if (!done) {
        for (const piece of scanner.feed(chunk)) {
          read(piece);
          if (done) break;
        }
      }
      return drain();
    },
    end(end) {
      if (!done) finish(end, scanner.held);
      done = true;
      return drain();
    },
    get done() {
      return done;
    },
    get generation() {
      return { text: raw.join(""), closing, outcome };
    },
  };
}

function tagsOf({ think, call, response, answer, turnEnds }: TagGrammar): readonly string[] {
  const pairs = [think, call, response, ...(answer === null ? [] : [answer])];
  return [...pairs.flatMap(({ open, close }) => [open, close]), ...turnEnds];
}

/** Where the assistant's turn stands: what text that follows is, and whether an answer has begun. */
export function positionAfter(
  before: string,
  { think, answer, response }: TagGrammar,
): { mode: Mode; answering: boolean } {
  const switches: readonly (readonly [string | undefined, Mode])[] = [
    [think.open, "think"],
    [think.close, "text"],
    [answer?.open, "answer"],
    [answer?.close, "text"],
  ];
  let mode: Mode = "text";
  let last = -1;
  for (const [tag, next] of switches) {
    const at = tag === undefined ? -1 : before.lastIndexOf(tag);
    if (tag === undefined || at < 0 || at + tag.length <= last) continue;
    last = at + tag.length;
    mode = next;
  }
  const since = before.lastIndexOf(response.close);
  const start = Math.max(last, since < 0 ? 0 : since + response.close.length, 0);
  return { mode, answering: mode !== "think" && before.slice(start).trim() !== "" };
}
