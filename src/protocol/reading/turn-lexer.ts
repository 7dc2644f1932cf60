import { CHANNEL_TAGS, harmonyChannel, harmonyHeader, type Channel } from "../dialects/channels.ts";
import { RUNTIME_CLOSE } from "../dialects/table.ts";
import { MAX_CALL_LENGTH } from "../limits.ts";
import { bareCallAt, callAt, isCallInFence, type CallCut, type CallPlace, type TurnPart } from "./call-at.ts";
import { codeMark, fenceLine } from "./code-context.ts";
import { isIndentedCode, isNamed, opensResponse } from "./named-tag.ts";
import type { GrammarForm, TagGrammar } from "./tag-grammar.ts";
import { tagFinder, type TagFinder } from "./tag-finder.ts";
import type { Position } from "./turn-state.ts";
import { TurnText } from "./turn-text.ts";
import { addToken, type TextEnd, type TurnToken } from "./turn-token.ts";

const SPECIAL = /[`~[<{]/;

/**
 * Cuts the assistant's turn into what its parts mean. A tag in a code span, in a fence, in a value of a call or named in
 * a sentence is text. What cannot be told yet is held back: at most a line, a call, or a fence that may hold only a call.
 * Where the text is cut into chunks changes nothing; time is linear but for held text.
 */
export class TurnLexer {
  /** The text ended where a stop string would mean nothing: it goes on behind that. */
  isMention = false;
  /** What is held back is a call, told by its opening, whose end has not come. */
  holdsCall = false;
  readonly #grammar: TagGrammar;
  readonly #tags: TagFinder;
  readonly #part: TurnPart;
  readonly #turn: TurnText;
  /** What must come before more can be told of a long text that is held. */
  #awaited: RegExp | null = null;

  constructor(grammar: TagGrammar, position: Position, part: TurnPart) {
    this.#grammar = grammar;
    this.#tags = tagFinder(grammar);
    this.#part = part;
    this.#turn = new TurnText(grammar, position);
  }

  get position(): Position {
    return { ...this.#turn.at, held: this.#turn.buffer };
  }

  feed(chunk: string): readonly TurnToken[] {
    this.#turn.buffer += chunk;
    if (this.#awaited?.test(chunk) === false && this.#turn.buffer.length <= MAX_CALL_LENGTH) return [];
    this.#awaited = null;
    return this.#run(undefined);
  }

  /** Decides what was held back. To be called once, after the last chunk. */
  finish(end: TextEnd): readonly TurnToken[] {
    const tokens = this.#run(end);
    if (end === "cut" && (this.#turn.at.fence !== null || this.#turn.named !== null)) this.isMention = true;
    return tokens;
  }

  /** What a stop string that ended the text means; `undefined` where it stands for nothing but itself. */
  stopAt(tag: string): readonly TurnToken[] | undefined {
    // it was sent as well, and read as text
    if (this.#turn.buffer === "" && this.#turn.at.tail.endsWith(tag)) return undefined;
    let leaked = Math.min(tag.length, this.#turn.buffer.length - this.#turn.skip);
    while (leaked > 0 && !this.#turn.buffer.endsWith(tag.slice(0, leaked))) leaked -= 1;
    this.#turn.buffer = this.#turn.buffer.slice(0, this.#turn.buffer.length - leaked);
    const restore = this.#turn.mark();
    this.#turn.buffer += tag;
    const tokens = this.#run(undefined);
    const last = tokens.at(-1);
    if (this.#turn.buffer === "" && last !== undefined && last.type !== "text") return tokens;
    const opens = this.#grammar.forms.some(({ open }) => open === tag);
    if (this.#part === "no-calls" && opens && this.#turn.buffer === tag && !this.#turn.at.lineText) {
      return [
        ...tokens,
        { type: "call", raw: tag, body: "", end: "cut", close: RUNTIME_CLOSE, mode: this.#turn.at.mode },
      ];
    }
    restore();
    return undefined;
  }

  #run(end: TextEnd | undefined): readonly TurnToken[] {
    const tokens: TurnToken[] = [];
    this.holdsCall = false;
    while (this.#turn.buffer !== "") {
      const token = this.#next(end);
      if (token === undefined) break;
      addToken(tokens, token);
    }
    return tokens;
  }

  #next(end: TextEnd | undefined): TurnToken | undefined {
    if (this.#turn.at.inResponse) return this.#spliced(end);
    if (this.#turn.at.fence !== null) return this.#inFence(end);
    const text = this.#turn.buffer;
    const special = text.search(SPECIAL);
    if (special !== 0) return this.#turn.text(special < 0 ? text.length : special);
    const char = text.charAt(0);
    if (char === "`" || char === "~") return this.#code(end);
    const tag = this.#tags.at(text, 0);
    if (tag !== undefined) return this.#tag(tag, end);
    if (char !== "{" && this.#tags.isBegun(text, 0)) {
      if (end === undefined) return undefined;
      return end === "length" || this.#tags.isCut(text) ? this.#drop() : this.#turn.text(text.length);
    }
    if (char !== "<" && this.#grammar.dialects && !this.#turn.at.lineText && !isIndentedCode(this.#turn.at))
      return this.#bare(end);
    return this.#turn.text(1);
  }

  /** What a turn was given by the runtime: it is passed over. */
  #spliced(end: TextEnd | undefined): TurnToken | undefined {
    const { close } = this.#grammar.response;
    const at = this.#turn.buffer.indexOf(close);
    if (at < 0) {
      const length = this.#turn.buffer.length - (end === undefined ? close.length - 1 : 0);
      return length <= 0 ? undefined : { type: "spliced", raw: this.#turn.take(length) };
    }
    const raw = this.#turn.take(at + close.length);
    this.#turn.settle({ inResponse: false });
    return { type: "spliced", raw };
  }

  #inFence(end: TextEnd | undefined): TurnToken | undefined {
    const { at, buffer } = this.#turn;
    const { response, forms } = this.#grammar;
    const line = fenceLine(buffer, at, response.open, end !== undefined);
    if (line === undefined) return undefined;
    if (line.type === "outside") {
      at.fence = null;
      return this.#next(end);
    }
    const wasAfterCall = at.afterCall && buffer.slice(0, line.length).trim() === "";
    const token = this.#turn.text(line.length);
    if (line.type === "close") at.fence = null;
    const ended = at.tail.trimEnd();
    at.afterCall = wasAfterCall || forms.some(({ close }) => close !== null && ended.endsWith(close));
    return token;
  }

  #code(end: TextEnd | undefined): TurnToken | undefined {
    const mark = codeMark(this.#turn.buffer, this.#turn.at, end !== undefined);
    if (mark === undefined) return undefined;
    if (mark.type === "text" && mark.isOpen === true && end === "cut") {
      this.isMention = true;
      return this.#turn.text(this.#turn.buffer.length);
    }
    if (mark.type !== "fence") return this.#turn.text(mark.length);
    const { fresh, mode } = this.#turn.at;
    const mayBeCall = (fresh || mode === "think") && this.#grammar.dialects;
    const call = mayBeCall && isCallInFence(this.#turn.buffer.slice(mark.length), fresh, this.#place(end));
    if (typeof call !== "boolean") return this.#await(call);
    if (call) {
      const raw = this.#turn.take(mark.length);
      this.#turn.at.lineText = false;
      return { type: "tag", raw };
    }
    const token = this.#turn.text(mark.length);
    this.#turn.at.fence = mark.fence;
    return token;
  }

  #tag(tag: string, end: TextEnd | undefined): TurnToken | undefined {
    const { think, response, answer, turnEnds, dialects } = this.#grammar;
    if (dialects && isIndentedCode(this.#turn.at)) return this.#turn.text(tag.length);
    if (turnEnds.includes(tag)) return { type: "turn-end", raw: this.#turn.take(tag.length) };
    if (tag === response.open) return this.#response(end);
    const form = this.#tags.opens(tag);
    if (form !== undefined) return this.#call(form, end);
    const closed = this.#tags.closes(tag);
    const rest = this.#turn.buffer.slice(tag.length);
    const named =
      dialects && isNamed(this.#turn.at, rest, end !== undefined && end !== "cut", closed !== undefined);
    if (closed !== undefined) {
      if (named === undefined && end === undefined) return undefined;
      if (named === undefined && this.#turn.at.lineText) {
        this.isMention = true;
        return this.#drop();
      }
      return named === true ? this.#turn.text(tag.length) : this.#strayClose(closed, tag);
    }
    const isFinal = tag === think.close && (this.#turn.at.mode === "think" || !this.#turn.at.answering);
    if (!isFinal && tag !== answer?.close) {
      if (named === undefined && end === undefined) return undefined;
      if (named === true) return this.#turn.text(tag.length);
    }
    if (tag === think.open) return this.#turn.mode(tag.length, "think");
    if (tag === think.close) return this.#thinkClose(tag.length);
    if (tag === answer?.open) return this.#turn.mode(tag.length, "answer");
    if (tag === answer?.close) return this.#answerClose(tag.length);
    return this.#channel(tag.length, CHANNEL_TAGS[tag] ?? "none");
  }

  /** What was written as the answer is thought, if more follows; between answer tags that is the answer then. */
  #thinkClose(length: number): TurnToken {
    const { mode, written } = this.#turn.at;
    const isAnswer = !this.#grammar.answersFreely && (mode === "answer" || written);
    return this.#turn.mode(length, isAnswer ? "answer" : "text", written);
  }

  #answerClose(length: number): TurnToken {
    if (this.#turn.at.mode === "answer")
      return { type: "answer-end", raw: this.#turn.mode(length, "text").raw };
    if (this.#grammar.dialects) return this.#turn.hidden(length);
    return { type: "turn-end", raw: this.#turn.take(length) };
  }

  #channel(length: number, channel: Channel): TurnToken {
    if (channel === "think" || channel === "text") return this.#turn.mode(length, channel);
    if (channel === "none") return this.#turn.hidden(length);
    return { type: channel, raw: this.#turn.take(length) };
  }

  #response(end: TextEnd | undefined): TurnToken | undefined {
    const { open } = this.#grammar.response;
    const isOpened =
      !this.#grammar.dialects ||
      opensResponse(this.#turn.at, this.#turn.buffer.slice(open.length), end !== undefined);
    if (isOpened === false) return this.#turn.text(open.length);
    if (isOpened === undefined) {
      if (end === undefined) return undefined;
      if (end !== "stop") {
        this.isMention = end === "cut";
        return this.#drop();
      }
    }
    const raw = this.#turn.take(open.length);
    this.#turn.settle({ inResponse: true });
    return { type: "response", raw };
  }

  #strayClose(form: GrammarForm, tag: string): TurnToken {
    const { form: named, body = "" } = this.#turn.named ?? {};
    const isBehindJson =
      this.#grammar.dialects && tag === RUNTIME_CLOSE && /[}\]]\s*$/.test(this.#turn.at.tail);
    const raw = this.#turn.take(tag.length);
    if (named?.close !== form.close && !isBehindJson) return { type: "stray", raw };
    this.#turn.settle({ afterCall: true });
    return { type: "call", raw, body, end: "closed", close: tag, mode: this.#turn.at.mode };
  }

  #call(form: GrammarForm, end: TextEnd | undefined): TurnToken | undefined {
    const text = this.#turn.buffer.slice(form.open.length);
    if (form.atLineStart === true && this.#turn.at.lineText) return this.#turn.text(form.open.length);
    if (this.#part === "no-calls" && (!this.#grammar.dialects || form.begins(text) === true)) {
      return this.#callToken(form.open, { state: "call", body: "", end: "cut", close: RUNTIME_CLOSE });
    }
    const cut = callAt(form, text, this.#place(end));
    this.holdsCall = cut.state === "wait" && form.begins(text) === true;
    return cut.state === "text" ? this.#namedCall(form, text) : this.#cut(form.open, cut);
  }

  #bare(end: TextEnd | undefined): TurnToken | undefined {
    const cut = bareCallAt(this.#turn.buffer, this.#turn.at.fresh, this.#place(end));
    if (cut.state === "mention") this.isMention = true;
    return cut.state === "text" || cut.state === "mention" ? this.#turn.text(1) : this.#cut("", cut);
  }

  #cut(open: string, cut: CallCut): TurnToken | undefined {
    if (cut.state === "call") return this.#callToken(open, cut);
    if (cut.state !== "mention" && cut.state !== "named") return this.#await(cut);
    this.isMention = true;
    return this.#turn[cut.state === "named" ? "text" : "hidden"](this.#turn.buffer.length);
  }

  #callToken(open: string, { body, end, close }: CallCut & { state: "call" }): TurnToken {
    const { mode } = this.#turn.at;
    const raw = this.#turn.take(open.length + body.length + (end === "closed" ? close.length : 0));
    this.#turn.settle({ afterCall: true });
    return { type: "call", raw, body, end, close, mode };
  }

  /** The tag of a call, or of a message of another chat format, where no call follows. */
  #namedCall(form: GrammarForm, behind: string): TurnToken {
    const header = form.open === "<|channel|>" || form.open === "<|start|>" ? harmonyHeader(behind) : false;
    if (typeof header === "string") {
      const { length, channel } = harmonyChannel(header);
      return this.#channel(form.open.length + length, channel);
    }
    const token = this.#turn[this.#grammar.dialects ? "text" : "hidden"](form.open.length);
    this.#turn.named = { form, body: "" };
    return token;
  }

  #place(end: TextEnd | undefined): CallPlace {
    const { mode, lineText } = this.#turn.at;
    return { grammar: this.#grammar, mode, end, part: this.#part, lineText };
  }

  #await(cut: CallCut): undefined {
    if (cut.state === "wait") this.#awaited = cut.until ?? null;
    return undefined;
  }

  /** The text ends before what is held. */
  #drop(): undefined {
    this.#turn.buffer = "";
    return undefined;
  }
}
