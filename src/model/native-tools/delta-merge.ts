/** What a message or a part of one is, as JSON. */
export type JsonObject = Record<string, unknown>;

/** Fields that name or sign something: they come whole, some of them with each part. */
const WHOLE = new Set([
  "id",
  "type",
  "index",
  "role",
  "name",
  "format",
  "signature",
  "thought_signature",
  "tool_call_id",
]);

/** Parts of a text that come without a number. */
const RUNNING = /text|thinking|summary/;

/**
 * Puts the parts of a streamed message together, whatever fields they have: texts are joined, lists by the number, type and
 * id of their items, objects field by field; what names or signs something comes whole, and of all else the last counts.
 */
export function createDeltaMerge(): {
  add(part: Readonly<JsonObject>): void;
  /** The message so far; undefined where nothing came. */
  readonly message: JsonObject | undefined;
} {
  let message: JsonObject | undefined;
  return {
    add(part) {
      message ??= {};
      mergeInto(message, part);
    },
    get message() {
      return message;
    },
  };
}

function mergeInto(target: JsonObject, part: Readonly<JsonObject>): void {
  for (const [key, value] of Object.entries(part)) {
    if (key === "__proto__") continue;
    target[key] = merged(Object.hasOwn(target, key) ? target[key] : undefined, value, key);
  }
}

function merged(old: unknown, more: unknown, key: string): unknown {
  if (old == null || more == null) return structuredClone(more ?? old);
  if (typeof old === "string" && typeof more === "string") {
    return WHOLE.has(key) ? old || more : old + more;
  }
  if (Array.isArray(old)) {
    // Mistral: the reasoning comes in a list, and the text behind it as a text
    const items: unknown[] = Array.isArray(more) ? more : more === "" ? [] : [{ type: "text", text: more }];
    for (const item of items) addTo(old, item);
    return old;
  }
  if (Array.isArray(more))
    return old === "" ? structuredClone(more) : merged([{ type: "text", text: old }], more, key);
  if (isObject(old) && isObject(more)) {
    mergeInto(old, more);
    return old;
  }
  return structuredClone(more);
}

function addTo(list: unknown[], item: unknown): void {
  const same = isObject(item)
    ? list.findLast((one): one is JsonObject => isObject(one) && goesOn(one, item, one === list.at(-1)))
    : undefined;
  if (same !== undefined && isObject(item)) mergeInto(same, item);
  else list.push(structuredClone(item));
}

/** Whether an item of a list continues one that is there: by number, else by id, else as the running text at the end. */
function goesOn(one: JsonObject, item: JsonObject, isLast: boolean): boolean {
  const differs = (key: string): boolean => Boolean(one[key]) && Boolean(item[key]) && one[key] !== item[key];
  if (differs("id") || differs("type")) return false;
  if (item["index"] != null) return one["index"] === item["index"];
  if (item["id"]) return one["id"] === item["id"];
  if (!isLast || one["index"] != null) return false;
  const { type } = item;
  return type === undefined || (typeof type === "string" && RUNNING.test(type));
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
