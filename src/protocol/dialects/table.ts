import { harmonyHeader } from "./channels.ts";
import {
  beginsPython,
  elementCalls,
  gemmaCalls,
  jsonCalls,
  mcpCalls,
  nameAndJson,
  namedJsonCalls,
  pairCalls,
  pythonCalls,
  sectionCalls,
  type WrittenCalls,
} from "./written-calls.ts";

/** A way to write a call, told apart from the others by its text alone. */
export interface CallForm {
  /** What it begins with. */
  readonly open: string;
  /** What ends it; `null`: `ends` does, and the reader adds `RUNTIME_CLOSE`. */
  readonly close: string | null;
  /** For a form without a closing tag: what its text ends with, or `json` where its first JSON value ends it. */
  readonly ends?: string;
  /** It begins a line; elsewhere it is text. */
  readonly atLineStart?: boolean;
  /** Beginnings of other forms that are parts of this one. */
  readonly inner?: readonly string[];
  /** Whether text behind `open` begins a call; `undefined` while it is too short to tell. */
  readonly begins: (body: string) => boolean | undefined;
  /** The calls in the text behind `open`, without `close`. */
  readonly calls: (body: string) => WrittenCalls;
}

const always = (): true => true;

/** Behind `<tool_call>`: JSON, perhaps in a fence; an element; a name with its arguments. Else the tag is only named. */
function beginsInTag(body: string): boolean | undefined {
  const start = body.trimStart();
  if (/^(?:```\w*\s*)?[{[]/.test(start)) return true;
  if (/^<(?:function|invoke|tool_name|name|parameter)[\s=>]/.test(start)) return true;
  if (/^[\w.:/-]{1,64}(?:\s*<arg_key>|\()/.test(start)) return true;
  if (/^(?:functions\.)?(?:web_search|open_url)\b[^\w.]/.test(start)) return true;
  const mayBegin = /^(?:`{0,2}|```\w*\s*|<[a-z_]{0,9}|[\w.:/-]{1,64}\s{0,8}(?:<[a-z_]{0,7})?)$/;
  return mayBegin.test(start) ? undefined : false;
}

function callsInTag(body: string): WrittenCalls {
  const start = body.trimStart();
  if (/^<(?:function|invoke)/.test(start)) return elementCalls(body);
  if (/^<(?:tool_)?name>/.test(start)) return mcpCalls(body);
  if (/^[\w.:/-]{1,64}\s*(?:<arg_key>|$)/.test(start)) return pairCalls(body);
  if (/^[\w.:/-]{1,64}\s*(?:```|\{)/.test(start)) return nameAndJson(start);
  return beginsPython(start) ? pythonCalls(start) : jsonCalls(body);
}

function deepseekName(head: string): string {
  const [first = "", second] = head.replace(/```\w*\s*$/, "").split("<｜tool▁sep｜>");
  return second === undefined || first.trim() !== "function" ? first : second;
}

const deepseekCalls = (body: string): WrittenCalls =>
  namedJsonCalls(`<｜tool▁call▁begin｜>${body}`, /(?:<｜tool▁call▁begin｜>\s*)+/g, deepseekName);

const kimiCalls = (body: string): WrittenCalls =>
  namedJsonCalls(`<|tool_call_begin|>${body}`, /(?:<\|tool_call_begin\|>\s*)+/g, (head) =>
    head.replace("<|tool_call_argument_begin|>", ""),
  );

const mistralCalls = (body: string): WrittenCalls =>
  /^\s*\[\s*\{/.test(body) || /^\s*\{/.test(body)
    ? jsonCalls(body)
    : namedJsonCalls(`[TOOL_CALLS]${body}`, /\[TOOL_CALLS\]/g, (head) =>
        head.replace(/\[CALL_ID\][^[]*/, "").replace("[ARGS]", ""),
      );

const invoke = { inner: ["<invoke name=", "<function="], begins: always, calls: elementCalls } as const;
const dsml = { inner: ["<｜DSML｜invoke name="], begins: always, calls: elementCalls } as const;

/** A name behind `[TOOL_CALLS]`, or JSON. */
function beginsMistral(body: string): boolean | undefined {
  const start = body.trimStart();
  if (/^(?:\[\s*\{|\{|[\w.:/-]{1,64}\s*(?:\[ARGS\]|\[CALL_ID\]|\{))/.test(start)) return true;
  return /^(?:\[\s*|[\w.:/-]{1,64}\s{0,8}(?:\[[A-Z_]{0,7})?)?$/.test(start) ? undefined : false;
}

/** harmony: the header of a message says to whom it goes; to a tool, it is a call. */
function beginsHarmony(body: string): boolean | undefined {
  const header = harmonyHeader(body);
  return typeof header === "string" ? /\bto=(?!assistant\b)/.test(header) : header;
}

const harmonyCalls = (body: string): WrittenCalls =>
  namedJsonCalls(body, /\bto=(?=[\w.:/-])/g, (head) => /^[\w.:/-]+/.exec(head)?.[0] ?? "");

const harmony = {
  close: "<|call|>",
  inner: ["<|channel|>"],
  begins: beginsHarmony,
  calls: harmonyCalls,
} as const;

/** Behind the name of a tool that stands by itself: an argument, or the end of the line. */
function beginsElement(body: string): boolean | undefined {
  if (/^["']?[\w.:/-]{1,64}["']?\s*>\s*(?:\n|\{\s*["'}]|<\/?(?:parameter|function|invoke)\b)/.test(body))
    return true;
  return /^["']?[\w.:/-]{0,64}["']?\s{0,8}(?:>\s{0,8}(?:<\/?[a-z]{0,9}|\{\s{0,8})?)?$/.test(body)
    ? undefined
    : false;
}

/** Behind Llama's tag for code: the JSON of a call, or one in Python. */
function beginsCode(body: string): boolean | undefined {
  if (/^\s*[{[]/.test(body) || beginsPython(body)) return true;
  return /^\s*[\w.]{0,64}$/.test(body) ? undefined : false;
}

/** Tags of other lines around what stands between those of `<tool_call>`; they begin a line, and are no stop strings. */
const OTHER_TAGS: readonly (readonly [open: string, ends: string])[] = [
  ["<TOOL_CALL>", "</TOOL_CALL>"],
  ["<tool_calls>", "</tool_calls>"],
  ["<function_call>", "</function_call>"],
  ["<function_calls>", "</function_calls>"],
  ["<seed:tool_call>", "</seed:tool_call>"],
  ["<|tool_call|>", "<|/tool_call|>"],
  ["<|tool_call_start|>", "<|tool_call_end|>"],
  ["<|START_ACTION|>", "<|END_ACTION|>"],
];

function withoutEnd(body: string, ends: string): string {
  const text = body.trimEnd();
  return text.endsWith(ends) ? text.slice(0, -ends.length) : body;
}

/** Every form but the one without any tag: JSON alone in the turn. */
export const CALL_FORMS: readonly CallForm[] = [
  {
    open: "<tool_call>",
    close: "</tool_call>",
    inner: ["<function=", "<invoke name="],
    begins: beginsInTag,
    calls: callsInTag,
  },
  { open: "<minimax:tool_call>", close: "</minimax:tool_call>", ...invoke },
  { open: "<｜DSML｜function_calls>", close: "</｜DSML｜function_calls>", ...dsml },
  { open: "<｜DSML｜tool_calls>", close: "</｜DSML｜tool_calls>", ...dsml },
  {
    open: "<｜tool▁calls▁begin｜>",
    close: "<｜tool▁calls▁end｜>",
    inner: ["<｜tool▁call▁begin｜>", "<｜tool▁call▁end｜>"],
    begins: always,
    calls: deepseekCalls,
  },
  { open: "<｜tool▁call▁begin｜>", close: "<｜tool▁call▁end｜>", begins: always, calls: deepseekCalls },
  {
    open: "<|tool_calls_section_begin|>",
    close: "<|tool_calls_section_end|>",
    inner: ["<|tool_call_begin|>", "<|tool_call_end|>"],
    begins: always,
    calls: kimiCalls,
  },
  { open: "<|tool_call_begin|>", close: "<|tool_call_end|>", begins: always, calls: kimiCalls },
  { open: "<|open|>tools<|sep|>", close: "<|close|>tools<|sep|>", begins: always, calls: sectionCalls },
  { open: "<|tool_call>", close: "<tool_call|>", begins: always, calls: gemmaCalls },
  { open: "<use_mcp_tool>", close: "</use_mcp_tool>", begins: always, calls: mcpCalls },
  {
    open: "<function=",
    close: null,
    ends: "</function>",
    atLineStart: true,
    begins: beginsElement,
    calls: (body) => elementCalls(`<function=${body}`),
  },
  {
    open: "<invoke name=",
    close: null,
    ends: "</invoke>",
    atLineStart: true,
    begins: beginsElement,
    calls: (body) => elementCalls(`<invoke name=${body}`),
  },
  {
    open: "<｜DSML｜invoke name=",
    close: null,
    ends: "</｜DSML｜invoke>",
    begins: always,
    calls: (body) => elementCalls(`<｜DSML｜invoke name=${body}`),
  },
  { open: "<|python_tag|>", close: null, ends: "json", begins: beginsCode, calls: callsInTag },
  { open: "<|channel|>", ...harmony },
  { open: "<|start|>", ...harmony },
  {
    open: "[TOOL_CALLS]",
    close: null,
    ends: "json",
    inner: ["[TOOL_CALLS]"],
    begins: beginsMistral,
    calls: mistralCalls,
  },
  ...OTHER_TAGS.map(([open, ends]): CallForm => ({
    open,
    close: null,
    ends,
    atLineStart: true,
    inner: ["<function=", "<invoke name="],
    begins: beginsInTag,
    calls: (body) => callsInTag(withoutEnd(body, ends)),
  })),
];

/** The tag that the reader adds to a call whose form has no closing tag, or that was cut off. */
export const RUNTIME_CLOSE = "</tool_call>";

/** What ends a call in any dialect. */
export const CALL_CLOSES: readonly string[] = [
  ...new Set(CALL_FORMS.flatMap(({ close }) => (close === null ? [] : [close]))),
];

/** A text that ends in a call, in whatever dialect. */
export const CALL_PATTERN = new RegExp(
  String.raw`(?:${CALL_CLOSES.map((close) => close.replaceAll(/[|/\\{}()[\]^$+*?.]/g, String.raw`\$&`)).join("|")})\s*$`,
);
