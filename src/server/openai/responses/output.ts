import {
  textPart,
  type MessageItem,
  type OutputItem,
  type SearchAction,
  type SearchItem,
  type UrlCitation,
} from "./items.ts";

/** An event of the stream, without its number in it. */
export type OutputEvent = { readonly type: string } & Readonly<Record<string, unknown>>;

/** The output of a response as it grows: each change gives the events that tell it, in OpenAI's order. */
export interface Output {
  /** What has begun so far, in its order; each item as it was last told. */
  readonly items: readonly OutputItem[];
  /** The text of the message that is being written, `null` where none is. */
  readonly writing: string | null;
  think(text: string): readonly OutputEvent[];
  say(text: string): readonly OutputEvent[];
  /** Begins a search, or the opening of a page; `id` is handed to `found`. */
  search(action: SearchAction): { readonly id: string; readonly events: readonly OutputEvent[] };
  found(id: string, action: SearchAction, status: "completed" | "failed"): readonly OutputEvent[];
  /** A message that says why there is none of the form that was asked for. */
  refuse(refusal: string, status: MessageItem["status"]): readonly OutputEvent[];
  /** Ends what is being thought or said. */
  close(status?: MessageItem["status"], annotations?: readonly UrlCitation[]): readonly OutputEvent[];
}

/** @param key what the ids of all items of one response have in common */
export function createOutput(key: string): Output {
  const items: OutputItem[] = [];
  let open: { readonly kind: "thought" | "said"; readonly index: number; text: string } | null = null;

  const idOf = (prefix: string): string => `${prefix}_${key}${items.length.toString(16).padStart(4, "0")}`;
  const added = (item: OutputItem): OutputEvent => {
    items.push(item);
    return { type: "response.output_item.added", output_index: items.length - 1, item };
  };
  const done = (index: number, item: OutputItem): OutputEvent => {
    items[index] = item;
    return { type: "response.output_item.done", output_index: index, item };
  };

  function think(text: string): readonly OutputEvent[] {
    if (open?.kind === "thought") return grow(text);
    const events = close();
    const item: OutputItem = { id: idOf("rs"), type: "reasoning", summary: [] };
    events.push(added(item));
    open = { kind: "thought", index: items.length - 1, text: "" };
    const at = { item_id: item.id, output_index: open.index, summary_index: 0 };
    const part = { type: "summary_text", text: "" };
    return [...events, { type: "response.reasoning_summary_part.added", ...at, part }, ...grow(text)];
  }

  function say(text: string): readonly OutputEvent[] {
    if (open?.kind === "said") return grow(text);
    const events = close();
    const item: OutputItem = {
      id: idOf("msg"),
      type: "message",
      role: "assistant",
      status: "in_progress",
      content: [],
    };
    events.push(added(item));
    open = { kind: "said", index: items.length - 1, text: "" };
    const at = { item_id: item.id, output_index: open.index, content_index: 0 };
    return [...events, { type: "response.content_part.added", ...at, part: textPart("") }, ...grow(text)];
  }

  function grow(delta: string): readonly OutputEvent[] {
    if (open === null || delta === "") return [];
    open.text += delta;
    const at = { item_id: items[open.index]?.id, output_index: open.index };
    return open.kind === "thought"
      ? [{ type: "response.reasoning_summary_text.delta", ...at, summary_index: 0, delta }]
      : [{ type: "response.output_text.delta", ...at, content_index: 0, delta, logprobs: [] }];
  }

  function close(
    status: MessageItem["status"] = "completed",
    annotations: readonly UrlCitation[] = [],
  ): OutputEvent[] {
    if (open === null) return [];
    const { kind, index, text } = open;
    open = null;
    const item = items[index];
    const at = { item_id: item?.id, output_index: index };
    if (kind === "thought" && item?.type === "reasoning") {
      const part = { type: "summary_text", text } as const;
      return [
        { type: "response.reasoning_summary_text.done", ...at, summary_index: 0, text },
        { type: "response.reasoning_summary_part.done", ...at, summary_index: 0, part },
        done(index, { ...item, summary: [part] }),
      ];
    }
    if (item?.type !== "message") return [];
    const part = textPart(text, annotations);
    return [
      ...annotations.map((annotation, number) => ({
        type: "response.output_text.annotation.added",
        ...at,
        content_index: 0,
        annotation_index: number,
        annotation,
      })),
      { type: "response.output_text.done", ...at, content_index: 0, text, logprobs: [] },
      { type: "response.content_part.done", ...at, content_index: 0, part },
      done(index, { ...item, status, content: [part] }),
    ];
  }

  function refuse(refusal: string, status: MessageItem["status"]): readonly OutputEvent[] {
    const events = close();
    const id = idOf("msg");
    const begun = { id, type: "message", role: "assistant", content: [] } as const;
    events.push(added({ ...begun, status: "in_progress" }));
    const index = items.length - 1;
    const at = { item_id: id, output_index: index, content_index: 0 };
    const part = { type: "refusal", refusal } as const;
    return [
      ...events,
      { type: "response.content_part.added", ...at, part: { ...part, refusal: "" } },
      { type: "response.refusal.delta", ...at, delta: refusal },
      { type: "response.refusal.done", ...at, refusal },
      { type: "response.content_part.done", ...at, part },
      done(index, { ...begun, status, content: [part] }),
    ];
  }

  return {
    get items() {
      return items;
    },
    get writing() {
      return open?.kind === "said" ? open.text : null;
    },
    think,
    say,
    refuse,
    search(action) {
      const events = close();
      const item: SearchItem = { id: idOf("ws"), type: "web_search_call", status: "in_progress", action };
      events.push(added(item));
      const at = { item_id: item.id, output_index: items.length - 1 };
      events.push(
        { type: "response.web_search_call.in_progress", ...at },
        { type: "response.web_search_call.searching", ...at },
      );
      return { id: item.id, events };
    },
    found(id, action, status) {
      const index = items.findIndex((item) => item.id === id);
      const item: SearchItem = { id, type: "web_search_call", status, action };
      const ended = done(index, item);
      if (status === "failed") return [ended];
      return [{ type: "response.web_search_call.completed", item_id: id, output_index: index }, ended];
    },
    close,
  };
}
