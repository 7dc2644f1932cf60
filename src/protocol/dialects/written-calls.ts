import { callsInJson, inputInJson, scanJson } from "../call-json.ts";
import type { CallReading } from "../protocol.ts";
import { fault, type ToolCall } from "./tool-call.ts";

/** The calls that stand in a text from its opening tag on, or what is wrong with them. */
export type WrittenCalls = readonly ToolCall[] | (CallReading & { kind: "fault" });

const UNREADABLE = fault(
  "malformed",
  "The call could not be read: its name or one of its arguments is missing.",
);

/** Hermes and QwQ: JSON behind the tag, with the name in it. */
export function jsonCalls(text: string): WrittenCalls {
  return callsInJson(text);
}

/**
 * Names and arguments in elements of their own: Qwen's `<function=N><parameter=k>v</parameter></function>`, and
 * `<invoke name="N"><parameter name="k">v</parameter></invoke>` of MiniMax and, with its sign in each tag, of DeepSeek.
 */
export function elementCalls(text: string): WrittenCalls {
  const plain = text.replaceAll("｜DSML｜", "");
  const heads = [...plain.matchAll(/<(?:function|invoke)(?:=|\s+name\s*=)\s*["']?([^>"'\n]+)["']?\s*>/g)];
  const calls = heads.map((head, at): ToolCall => {
    const end = heads[at + 1]?.index ?? plain.length;
    return { tool: head[1] ?? "", input: argumentsOf(plain.slice(head.index + head[0].length, end)) };
  });
  return calls.length === 0 ? UNREADABLE : calls;
}

const PARAMETER =
  /<parameter(?:=|\s+name\s*=)\s*["']?([^>"'\n]+)["']?(?:\s+string\s*=\s*"(true|false)")?\s*>/g;

/** Parameters in elements, or, as Llama writes them, in JSON. */
function argumentsOf(body: string): unknown {
  const read = body.trimStart().startsWith("{") ? inputInJson(firstJson(body.trimStart())) : undefined;
  return read !== undefined && "input" in read ? read.input : parametersOf(body);
}

function parametersOf(body: string): Record<string, unknown> {
  const heads = [...body.matchAll(PARAMETER)];
  return Object.fromEntries(
    heads.map((head, at) => {
      const rest = body.slice(head.index + head[0].length, heads[at + 1]?.index ?? body.length);
      const closed = rest.lastIndexOf("</parameter>");
      const value = closed < 0 ? rest.replace(/<\/(?:function|invoke)>[\s\S]*$/, "") : rest.slice(0, closed);
      const field = head[1]?.trim() ?? "";
      return [field, head[2] === "false" ? jsonValue(value) : valueOf(value, head[2] !== "true")];
    }),
  );
}

/** GLM: the name behind the tag, then keys and values in turn. */
export function pairCalls(text: string): WrittenCalls {
  const name = /^\s*([^\s<]+)/.exec(text)?.[1];
  if (name === undefined) return UNREADABLE;
  const heads = [...text.matchAll(/<arg_key>([\s\S]*?)<\/arg_key>\s*<arg_value>/g)];
  const input = heads.map((head, at) => {
    const rest = text.slice(head.index + head[0].length, heads[at + 1]?.index ?? text.length);
    const closed = rest.lastIndexOf("</arg_value>");
    return [head[1]?.trim() ?? "", valueOf(closed < 0 ? rest : rest.slice(0, closed), true)] as const;
  });
  return [{ tool: name, input: Object.fromEntries(input) }];
}

/** A value that is said to be JSON; as it stands where it is none. */
function jsonValue(written: string): unknown {
  const text = valueOf(written, true);
  const isText = typeof text === "string" && /^"[\s\S]*"$/.test(text);
  const read = isText ? inputInJson(`[${text}]`) : undefined;
  const [only]: unknown[] =
    read !== undefined && "input" in read && Array.isArray(read.input) ? read.input : [];
  return only ?? text;
}

/** A value as text, or as the list that its JSON says; `<![CDATA[…]]>` around it is taken off. */
function valueOf(written: string, mayBeJson: boolean): unknown {
  const text = written.trim().replace(/^<!\[CDATA\[([\s\S]*)\]\]>$/, "$1");
  if (!mayBeJson || !/^\[\s*["']/.test(text)) return text;
  const read = inputInJson(text);
  return read !== undefined && "input" in read ? read.input : text;
}

/**
 * A name before the JSON of its arguments, each call behind a `mark`: Kimi, the older DeepSeek, harmony, Mistral.
 *
 * @param nameOf reads the name off what stands between the mark and the JSON.
 */
export function namedJsonCalls(text: string, mark: RegExp, nameOf: (head: string) => string): WrittenCalls {
  const calls: ToolCall[] = [];
  let from = 0;
  for (const { 0: found, index } of text.matchAll(mark)) {
    if (index < from) continue;
    const start = index + found.length;
    const brace = text.slice(start).search(/[{[](?!ARGS\]|CALL_ID\])/);
    if (brace < 0) return UNREADABLE;
    const json = firstJson(text.slice(start + brace));
    const read = inputInJson(json);
    if (read === undefined)
      return fault("malformed", "The arguments of the call are not a complete JSON object.");
    if ("kind" in read) return read;
    calls.push({ tool: nameOf(text.slice(start, start + brace)), input: read.input });
    from = start + brace + json.length;
  }
  return calls.length === 0 ? UNREADABLE : calls;
}

/** The first value of a JSON text with what follows it; where it is not complete, up to the next control token. */
function firstJson(text: string): string {
  const { end } = scanJson(text);
  return end >= 0 ? text.slice(0, end) : text.replace(/<[|｜][^<>]*[|｜]>[\s\S]*$/, "");
}

/** Gemma 4: `call:NAME{key:<|"|>text<|"|>,key:[…]}`, its own quotes around texts and none around keys. */
export function gemmaCalls(text: string): WrittenCalls {
  const quoted = text.replaceAll(/<\|"\|>([\s\S]*?)<\|"\|>/g, (_, value: string) => JSON.stringify(value));
  if (/^\s*call:\s*\{/.test(quoted)) return callsInJson(quoted.replace(/^\s*call:\s*/, ""));
  return namedJsonCalls(quoted, /call:/g, (head) => head);
}

/** MiroThinker: the tool's name in an element, its arguments as JSON in another. */
export function mcpCalls(text: string): WrittenCalls {
  const name = /<(?:tool_)?name>([^<]+)<\/(?:tool_)?name>/.exec(text)?.[1];
  const json = /<(?:arguments|parameters)>([\s\S]*?)(?:<\/(?:arguments|parameters)>|$)/.exec(text)?.[1];
  const read = json === undefined ? undefined : inputInJson(json);
  if (name === undefined || read === undefined) return UNREADABLE;
  return "kind" in read ? read : [{ tool: name, input: read.input }];
}

/** A name and JSON behind it, perhaps in a fence, as Hunyuan writes it. */
export function nameAndJson(text: string): WrittenCalls {
  return namedJsonCalls(text, /^/g, (head) => head.replace(/```\w*\s*$/, ""));
}

const PYTHON_CALL = /^\s*(?:\[\s*)?[A-Za-z_][\w.]{0,63}\(/;
const PYTHON_ARGUMENT =
  /\s*(\w+)\s*=\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\[[^\]]*\]|[^,()"'\s]+)\s*(,|\))/y;

/** Whether a text begins as calls of Python do. */
export function beginsPython(text: string): boolean {
  return PYTHON_CALL.test(text);
}

/** `[name(key="value", …), …]`: Llama, LFM2 and others write calls as Python does. */
export function pythonCalls(text: string): WrittenCalls {
  const calls: ToolCall[] = [];
  let from = 0;
  for (const { 0: head, 1: name = "", index } of text.matchAll(/([A-Za-z_][\w.]{0,63})\(/g)) {
    if (index < from) continue;
    const fields: string[] = [];
    from = index + head.length;
    for (let last = ""; last !== ")";) {
      PYTHON_ARGUMENT.lastIndex = from;
      const argument = PYTHON_ARGUMENT.exec(text);
      if (argument === null) return UNREADABLE;
      const [whole, key = "", value = "", end = ""] = argument;
      fields.push(`"${key}": ${value}`);
      from += whole.length;
      last = end;
    }
    const read = inputInJson(`{${fields.join(", ")}}`);
    if (read === undefined) return UNREADABLE;
    if ("kind" in read) return read;
    calls.push({ tool: name.replace(/\.call$/, ""), input: read.input });
  }
  return calls.length === 0 ? UNREADABLE : calls;
}

/** Kimi K3: every part of a call between `<|open|>…<|sep|>` and `<|close|>…<|sep|>`. */
export function sectionCalls(text: string): WrittenCalls {
  const heads = [...text.matchAll(/<\|open\|>call\s+tool="([^"]+)"[^<]*<\|sep\|>/g)];
  const calls = heads.map((head, at): ToolCall => {
    const body = text.slice(head.index + head[0].length, heads[at + 1]?.index ?? text.length);
    const input = [
      ...body.matchAll(
        /<\|open\|>argument\s+key="([^"]+)"(?:\s+type="(\w+)")?[^<]*<\|sep\|>([\s\S]*?)<\|close\|>argument/g,
      ),
    ].map(([, key = "", type, value = ""]) => [key, valueOf(value, type !== "string")] as const);
    return { tool: head[1] ?? "", input: Object.fromEntries(input) };
  });
  return calls.length === 0 ? UNREADABLE : calls;
}
