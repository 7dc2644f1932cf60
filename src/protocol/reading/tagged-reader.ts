import { MAX_CALL_LENGTH } from "../limits.ts";
import { modeAfter, positionAfter } from "./position.ts";
import type { Generation, ProtocolEvent, ProtocolReader, ReaderOptions, StreamEnd } from "../protocol.ts";
import { tagsOf, type TagGrammar } from "./tag-grammar.ts";
import { createTagScanner } from "./tag-scanner.ts";

/**
 * Text after an opening call tag. `undecided`: it may be a call or not; `mention`: the tag was named in a sentence,
 * and is a call only if its closing tag comes; `body`: a call.
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
  const tags = tagsOf(grammar);
  const scanner = createTagScanner(tags);
  const raw: string[] = [];
  let events: ProtocolEvent[] = [];
  let { mode, answering } = positionAfter(before, grammar);
  let call: OpenCall | null = null;
  let done = false;
  let outcome: Generation["outcome"] = "nothing";
  let closing = "";

  function show(text: string): void {
    const isAnswer = mode === "answer" || (mode === "text" && grammar.answer === null);
    const shown = isAnswer && !answering ? text.trimStart() : text;
    if (shown === "") return;
    if (!isAnswer) {
      events.push({ type: "reasoning-delta", text: shown });
      return;
    }
    answering = true;
    if (shown.trim() !== "") outcome = "answer";
    events.push({ type: "answer-delta", text: shown });
  }

  function readText(text: string): void {
    if (call === null || call.state === "mention") {
      raw.push(text);
      show(text);
      if (call !== null) call.body += text;
      return;
    }
    const room = MAX_CALL_LENGTH - call.body.length;
    const taken = text.slice(0, room);
    raw.push(taken);
    call.body += taken;
    if (call.state === "body") showCall(taken);
    else decide(call, grammar.beginsCall(call.body));
    if (text.length <= room) return;
    if (call.state === "body") {
      endCall(call, false);
      return;
    }
    decide(call, false);
    readText(text.slice(room));
  }

  function decide(open: OpenCall, begins: boolean | undefined): void {
    if (open.state !== "undecided" || begins === undefined) return;
    open.state = begins ? "body" : "mention";
    if (begins) showCall(open.body);
    else show(open.body);
  }

  function showCall(text: string): void {
    if (text !== "") events.push({ type: "call-delta", text });
  }

  function endCall({ state, body }: OpenCall, whole: boolean): void {
    if (state === "undecided") showCall(body);
    events.push({ type: "call-end", text: body, whole });
    if (!whole) closing = grammar.call.close;
    outcome = "call";
    done = true;
  }

  function readTag(tag: string): void {
    const isForbidden = tag === grammar.call.open && !options.calls;
    if (isForbidden || tag === grammar.response.open || grammar.turnEnds.includes(tag)) stopBefore(tag);
    else if (tag === grammar.call.close) readCallClose();
    else if (call?.state === "body" && grammar.isWholeCall(call.body)) stopBefore(tag);
    else if (call?.state === "body") readText(tag);
    else if (tag === grammar.answer?.close && mode !== "answer") stopBefore(tag);
    else {
      if (call !== null) decide(call, false);
      raw.push(tag);
      if (tag === grammar.call.open) call = { state: "undecided", body: "" };
      else if (call !== null) call.body += tag;
      if (tag === grammar.answer?.open) answering = false;
      done = tag === grammar.answer?.close;
      mode = modeAfter(tag, grammar) ?? mode;
    }
  }

  function readCallClose(): void {
    if (call === null && options.calls) {
      stopBefore(grammar.call.close);
      return;
    }
    raw.push(grammar.call.close);
    if (call !== null) endCall(call, true);
  }

  /** The model's text ends before a tag that does not belong to it. */
  function stopBefore(tag: string): void {
    stop("stop", "");
    if (tag === grammar.response.open && outcome !== "call") events.push({ type: "response-forged" });
    done = true;
  }

  /**
   * Supplies the closing tag that the endpoint kept to itself, where the text shows that it was reached. `held` is
   * the end of the text, as far as it may begin a tag; after a `length` stop it is dropped, so that the model writes
   * that tag again in one piece.
   */
  function stop(finishReason: StreamEnd["finishReason"], held: string): void {
    const reached = (tag: string): boolean =>
      tag.startsWith(held) && (finishReason === "stop" || held.length > 1);
    if (call !== null && call.state !== "mention") {
      if (reached(grammar.call.close) && grammar.isWholeCall(call.body)) {
        raw.push(grammar.call.close);
        endCall(call, true);
      } else {
        endCall(call, false);
      }
    } else if (mode === "answer" && grammar.answer !== null && reached(grammar.answer.close)) {
      raw.push(grammar.answer.close);
    } else if (finishReason === "stop" && held !== "") {
      readText(held);
    }
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
          if ("tag" in piece) readTag(piece.tag);
          else readText(piece.text);
          if (done) break;
        }
      }
      return drain();
    },
    end({ finishReason, stopReason }) {
      if (!done) {
        // a stop string that the endpoint names stood here, whatever part of it leaked into the text
        if (typeof stopReason === "string" && tags.includes(stopReason)) readTag(stopReason);
        else stop(finishReason, scanner.held);
        done = true;
      }
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
