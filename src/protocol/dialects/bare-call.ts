import { callsInJson, scanJson } from "../call-json.ts";
import { isToolName } from "./tool-call.ts";
import { pythonCalls, type WrittenCalls } from "./written-calls.ts";

const HEAD =
  /^\s*(?:\[\s*)?\{\s*["'“”]?(?:name|action|function|type|tool|arguments|parameters|id)["'“”]?\s*:/;
const HEAD_BEGUN = /^\s*(?:\[\s*)?(?:\{\s*(?:["'“”]?[a-z_]{0,10}(?:["'“”]\s{0,4})?)?)?$/;
/** A list of calls as Python writes them; only of our tools, as other lists are written so, too. */
const PYTHON = /^\s*\[\s*(?:web_search|open_url)\(/;
const PYTHON_BEGUN = /^\s*\[\s*[a-z_]{0,10}$/;
const NAME = /^\s*(?:\[\s*)?\{[^{}]{0,200}?["'“”]?(?:name|action)["'“”]?\s*:\s*["'“”]([\w.:/-]+)["'“”]/;

/** Whether a text begins as the JSON of a call does; `undefined` while it is too short to tell. */
export function beginsBareCall(text: string): boolean | undefined {
  if (HEAD.test(text) || PYTHON.test(text)) return true;
  return HEAD_BEGUN.test(text) || PYTHON_BEGUN.test(text) ? undefined : false;
}

/** The calls in a text that begins as one does, or what is wrong with them. */
function bareCalls(text: string): WrittenCalls {
  return PYTHON.test(text) ? pythonCalls(text) : callsInJson(text);
}

/** How a text that begins as JSON stands. */
export type BareCall =
  /** Its JSON is not complete; `named`: it names a tool of ours, so that nothing else can be meant. */
  | { readonly state: "open"; readonly named: boolean }
  /** It is JSON, or what follows makes it something else. */
  | { readonly state: "other" }
  /** Only calls stand in it, which end at `end`; behind them nothing but white space, a fence or a brace too many. */
  | { readonly state: "calls"; readonly end: number; readonly named: boolean };

export function bareCall(text: string): BareCall {
  let end = 0;
  for (;;) {
    const next = scanJson(text.slice(end)).end;
    if (next < 0) break;
    end += next;
    if (!/^\s*[{[]/.test(text.slice(end))) break;
  }
  if (end === 0) return { state: "open", named: namesTool(text) };
  const tail = text.slice(end);
  if (/^\s*[{[]/.test(tail)) return { state: "open", named: namesTool(text) };
  if (!/^[\s}\]]*(?:(?:`{3,}|~{3,})\s*)?$/.test(tail)) return { state: "other" };
  const calls = bareCalls(text.slice(0, end));
  const isCall = !("kind" in calls) || (calls.fault === "malformed" && namesTool(text));
  return isCall ? { state: "calls", end, named: namesTool(text) } : { state: "other" };
}

function namesTool(text: string): boolean {
  return PYTHON.test(text) || isToolName(NAME.exec(text)?.[1] ?? "");
}

/** So many places where a call may begin are tried. */
const MAX_PLACES = 8;

/** The JSON of the call that a text ends in, from the beginning of a line on, or else from within one. */
export function bareCallIn(text: string): string | undefined {
  const lines = [...text.matchAll(/^[ \t]*(?=[{[])/gm)].slice(-MAX_PLACES);
  const others = [...text.matchAll(/[{[](?<=\S[ \t]*.)(?=\s*[{["'])/g)].slice(-MAX_PLACES);
  for (const { index } of [...lines, ...others]) {
    const body = text.slice(index);
    if (beginsBareCall(body) !== true) continue;
    const bare = bareCall(body);
    if (bare.state === "calls" || (bare.state === "open" && bare.named)) return body;
  }
  return undefined;
}
