import { advance, positionAfter } from "../reading/position.ts";
import type { CallOptions, NativeSide, Protocol, TurnPart, WrittenCall } from "../protocol.ts";
import type { TagGrammar } from "../reading/tag-grammar.ts";
import { createTaggedReader } from "../reading/tagged-reader.ts";
import { TURN_START, type Position } from "../reading/turn-state.ts";

/** QwQ's protocol for models that call tools natively: their calls and answers become its text. */
export function createQwqNativeSide(grammar: TagGrammar, readCall: Protocol["readCall"]): NativeSide {
  const { think, call, response } = grammar;
  const isThinking = (before: string): boolean => positionAfter(before, grammar).mode === "think";

  function written(position: Position, text: string, options: CallOptions): readonly TurnPart[] {
    const reading = createTaggedReader(grammar, position, { calls: true });
    const events = [...reading.feed(text), ...reading.end({ finishReason: "stop", stopReason: null })];
    return events.flatMap((event): readonly TurnPart[] => {
      if (event.type === "reasoning-delta") return [{ type: "reasoning", text: event.text }];
      if (event.type === "answer-delta") return [{ type: "answer", text: event.text }];
      if (event.type !== "call-end") return [];
      const read = readCall(reading.generation.text, event.whole, options);
      if (read.kind === "search") return [{ type: "call", queries: read.queries }];
      if (read.kind === "open") return [{ type: "open", urls: read.urls }];
      return [{ type: "broken-call", text: event.text.trim() }];
    });
  }

  function spliced(isFirst: boolean, text: string): readonly TurnPart[] {
    const start = text.indexOf(response.open);
    const end = text.lastIndexOf(response.close);
    if (start >= 0 && end > start) {
      return [{ type: "response", text: text.slice(start + response.open.length, end).trim() }];
    }
    const note = [think.open, think.close, call.close]
      .reduce((rest, tag) => rest.replaceAll(tag, ""), text)
      .trim();
    return isFirst || note === "" ? [] : [{ type: "note", text: note }];
  }

  const partsOfEach: NativeSide["partsOfEach"] = (turn, options = {}) => {
    let position = TURN_START;
    let isFirst = true;
    return turn.map(({ origin, text }) => {
      const parts = origin === "model" ? written(position, text, options) : spliced(isFirst, text);
      position = advance(grammar, position, text);
      isFirst &&= text === "";
      return parts;
    });
  };

  return {
    parts: (turn, options) => partsOfEach(turn, options).flat(),
    partsOfEach,
    beginReasoning: (before) => (isThinking(before) ? "" : `${think.open}\n`),
    beginAnswer: (before) => (isThinking(before) ? `\n${think.close}\n\n` : ""),
    call(queries) {
      return `${call.open}\n{"action": "web_search", "action_input": {"query": ${oneOrList(queries)}}}\n${call.close}`;
    },
    openCall(urls) {
      return `${call.open}\n{"action": "open_url", "action_input": {"url": ${oneOrList(urls)}}}\n${call.close}`;
    },
    callText(...calls) {
      const cut = calls.find(({ whole }) => !whole);
      if (cut !== undefined) return `${call.open}\n${begunText(cut)}`;
      return `${call.open}\n${calls.map((one) => `${begunText(one)}}\n`).join("")}${call.close}`;
    },
  };
}

function begunText({ name, arguments: input }: WrittenCall): string {
  return `{"name": ${harmless(JSON.stringify(name))}, "arguments": ${harmless(spaced(input))}`;
}

function oneOrList(texts: readonly string[]): string {
  return harmless(JSON.stringify(texts.length === 1 ? texts[0] : texts));
}

/** A space behind the key, as in the text that models were trained on. */
function spaced(json: string): string {
  return json.replace(/^\{"(query|url)":(?=\S)/, '{"$1": ');
}

/** An escaped bracket keeps a query about these very tags in one piece. */
function harmless(json: string): string {
  return json.replaceAll("<", String.raw`\u003c`);
}
