import { scanJson } from "../call-json.ts";
import { bareCall, beginsBareCall } from "../dialects/bare-call.ts";
import { endsInValue, isQuotedAt } from "../dialects/call-body.ts";
import { RUNTIME_CLOSE } from "../dialects/table.ts";
import { isToolName } from "../dialects/tool-call.ts";
import { beginsPython } from "../dialects/written-calls.ts";
import { MAX_CALL_LENGTH } from "../limits.ts";
import { isNamed } from "./named-tag.ts";
import type { GrammarForm, Mode, TagGrammar } from "./tag-grammar.ts";
import { tagFinder } from "./tag-finder.ts";
import type { CallEnd, TextEnd } from "./turn-token.ts";

/** What stands where a call may begin. */
export type CallCut =
  /** It cannot be told yet, and not before `until` comes. */
  | { readonly state: "wait"; readonly until?: RegExp }
  | { readonly state: "text" }
  /** The text ends within a value of a call, perhaps at a stop string that this value mentions. */
  | { readonly state: "mention" }
  /** The text ends behind a tag that a sentence names, perhaps at a stop string that it names next. */
  | { readonly state: "named" }
  | {
      readonly state: "call";
      readonly body: string;
      readonly end: CallEnd;
      /** Its closing tag, written or not. */
      readonly close: string;
    };

export interface CallPlace {
  readonly grammar: TagGrammar;
  readonly mode: Mode;
  /** `undefined`: more text may come. */
  readonly end: TextEnd | undefined;
  readonly part: TurnPart;
  /** Words stand before it on its line. */
  readonly lineText: boolean;
}

/** What a text is to its turn: what stands there already, or new, with calls allowed or not. */
export type TurnPart = "past" | "calls" | "no-calls";

/** What can change a call whose end has not come: a tag, or the end of its JSON. */
const SIGN = /[<[\]}]/;

/** @param text what stands behind the opening tag of this form */
export function callAt(form: GrammarForm, text: string, place: CallPlace): CallCut {
  const { grammar, mode, end, lineText } = place;
  const tags = tagFinder(grammar);
  const close = form.close ?? RUNTIME_CLOSE;
  const call = (length: number, how: CallEnd): CallCut => ({
    state: "call",
    body: text.slice(0, length),
    end: how,
    close,
  });
  let from = 0;
  for (;;) {
    const { tag, at, begun } = tags.next(text, from);
    const body = text.slice(0, at);
    const begins = form.begins(body);
    if (begins === false) return { state: "text" };
    const own = form.close === null && begins === true ? ownEnd(form, text, end !== undefined) : -1;
    if (own === undefined) return { state: "wait" };
    if (own >= 0 && own <= at + (tag?.length ?? 0)) return selfEnded(grammar, text, own, end);
    if (body.length > MAX_CALL_LENGTH) {
      return begins === true ? call(MAX_CALL_LENGTH, "cut") : { state: "text" };
    }
    if (tag === undefined) {
      if (end !== undefined)
        return endedCall(form, body, text.slice(at), begins, { grammar, end, lineText }, call);
      if (begun) return { state: "wait" };
      return {
        state: "wait",
        ...(begins === true ? { until: SIGN } : body.trim() === "" && { until: /\S/ }),
      };
    }
    const behind = at + tag.length;
    if (form.inner?.includes(tag) !== true) {
      const quoted = begins === true && form.isQuotedAt(body, text.slice(behind), end !== undefined);
      if (quoted === undefined) return { state: "wait" };
      if (!quoted) {
        if (begins !== true && grammar.dialects) {
          const named = isNamed(wordsBefore(body), text.slice(behind), end !== undefined);
          if (named === undefined) return { state: "wait" };
          if (named) return { state: "text" };
          if (end === "cut" && isSentence(body) && text.slice(behind).trim() === "")
            return { state: "named" };
        }
        if (tag === form.close) {
          const isOpen = /^[ \t]*$/.test(text.slice(behind)) && begins === true && form.endsInValue(body);
          if (isOpen && end === "cut") return { state: "mention" };
          return call(at, isOpen && end === "length" ? "cut" : "closed");
        }
        const isEnd = grammar.turnEnds.includes(tag) || tag === grammar.response.open;
        const isAnswerEnd = tag === grammar.answer?.close && mode !== "answer";
        if ((begins === true || isEnd || isAnswerEnd) && form.isWhole(body)) return call(at, "unclosed");
        if (isEnd || (isAnswerEnd && begins !== true)) return call(at, "cut");
        if (begins !== true) return { state: "text" };
      }
    }
    from = behind;
  }
}

function wordsBefore(tail: string): Parameters<typeof isNamed>[0] {
  return { lineText: tail.trim() !== "", tail, afterCall: false, answering: false };
}

/** Whether what stands behind an opening tag goes on with a sentence, and is no name of a tool. */
function isSentence(body: string): boolean {
  return /^(?:[ \t]+\S|[^\s\w<{["'`])/.test(body) && !isToolName(body);
}

/** Where a call without a closing tag ends by itself; -1 where it does not, `undefined` while that cannot be told. */
function ownEnd(form: GrammarForm, text: string, ended: boolean): number | undefined {
  if (form.ends === "json") {
    if (beginsPython(text)) return -1;
    const start = text.search(/[{[](?!ARGS\]|CALL_ID\])/);
    const length = start < 0 ? -1 : scanJson(text.slice(start)).end;
    return length < 0 ? -1 : start + length;
  }
  const ends = form.ends ?? "";
  for (let at = text.indexOf(ends); at >= 0; at = text.indexOf(ends, at + ends.length)) {
    const isQuoted = form.isQuotedAt(text.slice(0, at), text.slice(at + ends.length), ended);
    if (isQuoted === undefined) return undefined;
    if (!isQuoted) return at + ends.length;
  }
  return -1;
}

/** A call that ended by itself; the closing tag of another form may follow. */
function selfEnded(grammar: TagGrammar, text: string, length: number, end: TextEnd | undefined): CallCut {
  const tags = tagFinder(grammar);
  const space = text.length - text.slice(length).trimStart().length;
  const close = RUNTIME_CLOSE;
  if (tags.at(text, space) === close)
    return { state: "call", body: text.slice(0, space), end: "closed", close };
  if (end === undefined && (space === text.length || tags.isBegun(text, space))) return { state: "wait" };
  const last = space === text.length ? space : length;
  return { state: "call", body: text.slice(0, last), end: "unclosed", close };
}

/** A call at the end of the text, without its closing tag; `begun` may be the beginning of that. */
function endedCall(
  form: GrammarForm,
  body: string,
  begun: string,
  begins: boolean | undefined,
  { grammar, end, lineText }: Pick<CallPlace, "grammar" | "lineText"> & { readonly end: TextEnd },
  call: (length: number, how: CallEnd) => CallCut,
): CallCut {
  const isWhole = form.isWhole(body);
  if (end === "length") {
    const isClosing = form.close !== null && tagFinder(grammar).isOnly(begun, form.close);
    return call(body.length, isClosing && isWhole ? "unclosed" : "cut");
  }
  if (end === "cut" && begins === true && form.endsInValue(body)) return { state: "mention" };
  const isLast = lineText && body.trim() === "";
  if (begins !== true && grammar.dialects && (isLast || isSentence(body)))
    return { state: end === "cut" ? "named" : "text" };
  const isMeant = isWhole || (end === "cut" && grammar.dialects);
  return call(body.length, isMeant ? "unclosed" : "cut");
}

/**
 * JSON at the beginning of a line: a call where its closing tag follows, or where it stands alone; at the end of a
 * thought, or where no answer may lead up to a call, also with words before it.
 *
 * @param isFirst nothing stands before it since a tag
 */
export function bareCallAt(text: string, isFirst: boolean, place: CallPlace): CallCut {
  const { grammar, mode, end, part } = place;
  const begins = beginsBareCall(text);
  if (begins !== true) return { state: begins === undefined && end === undefined ? "wait" : "text" };
  const tags = tagFinder(grammar);
  const close = RUNTIME_CLOSE;
  let from = 0;
  for (;;) {
    const { tag, at, begun } = tags.next(text, from);
    const body = text.slice(0, at);
    const bare = bareCall(body);
    if (bare.state === "other" || body.length > MAX_CALL_LENGTH) return { state: "text" };
    if (tag !== undefined && bare.state === "open") {
      const quoted = isQuotedAt(body, text.slice(at + tag.length), end !== undefined);
      if (quoted === undefined) return { state: "wait" };
      if (quoted) {
        from = at + tag.length;
        continue;
      }
    }
    const isMeant = bare.state === "calls" || bare.named;
    if (tag === close && isMeant) return { state: "call", body, end: "closed", close };
    const isEnd = tag !== undefined && (grammar.turnEnds.includes(tag) || tag === grammar.response.open);
    if (tag !== undefined && !isEnd) return { state: "text" };
    if (!isEnd && end === undefined) {
      return { state: "wait", ...(bare.state === "open" && !begun && { until: SIGN }) };
    }
    if (!isMeant) return { state: "text" };
    const isAlone = isFirst || (bare.named && (mode === "think" || part === "no-calls"));
    if (!isAlone) return { state: end === "cut" && !isEnd ? "mention" : "text" };
    const isWhole = bare.state === "calls" || (end !== "length" && !endsInValue(body));
    const json = bare.state === "calls" ? body.slice(0, bare.end) : body;
    return { state: "call", body: json, end: isWhole ? "unclosed" : "cut", close };
  }
}

/**
 * Whether a fence holds nothing but a call, with nothing behind it; `text` is what stands behind its first line.
 *
 * @param isFirst nothing stands before it since a tag
 */
export function isCallInFence(
  text: string,
  isFirst: boolean,
  { grammar, mode, end, part }: CallPlace,
): boolean | CallCut {
  const body = text.trimStart();
  if (body === "") return end === undefined ? { state: "wait", until: /\S/ } : false;
  const tags = tagFinder(grammar);
  const form = grammar.forms.find(({ open }) => body.startsWith(open));
  const isBegun = tags.isBegun(body, 0);
  const begins =
    form === undefined
      ? isBegun
        ? undefined
        : beginsBareCall(body)
      : form.begins(body.slice(form.open.length));
  if (begins !== true) return begins === undefined && end === undefined ? { state: "wait" } : false;
  if (form !== undefined && mode === "think" && isFirst) return true;
  if (part === "past" && isAnswered(grammar, text)) return true;
  const closing = /\n[ \t]*(?:`{3,}|~{3,})[ \t\r]*(?=\n|$)/.exec(text);
  if (closing === null) {
    if (end !== undefined) return end !== "cut";
    return text.length > MAX_CALL_LENGTH ? false : { state: "wait", until: /[`~]/ };
  }
  const rest = text.slice(closing.index + closing[0].length).trimStart();
  if (grammar.turnEnds.some((tag) => rest.startsWith(tag))) return true;
  if (rest !== "" && !(end === undefined && tags.isBegun(rest, 0))) return false;
  return end === undefined ? { state: "wait" } : true;
}

/** Whether a response stands behind a call in what was written before: it was run, wherever it stands. */
function isAnswered({ response, forms }: TagGrammar, text: string): boolean {
  const at = text.indexOf(response.open);
  const before = text.slice(0, Math.max(at, 0)).trimEnd();
  return at >= 0 && forms.some(({ close }) => close !== null && before.endsWith(close));
}
