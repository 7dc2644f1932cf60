import { expect, onTestFinished, test, vi } from "vitest";
import { createChatPrefixModel } from "../../../src/model/chat-prefix/chat-prefix.ts";
import { createCompletionsModel } from "../../../src/model/completions/completions.ts";
import type { ContinuationModel } from "../../../src/model/model.ts";
import { createChatToolsModel } from "../../../src/model/native-tools/chat-tools.ts";
import { chatWire } from "../../servers/chat-wire.ts";
import { completionWire } from "../../servers/completions-wire.ts";
import { collect, textOf } from "../collect.ts";
import { qwqNativeSide } from "../native-tools/side.ts";

interface Late {
  /** Seconds before the head of the reply, and between it and the first event. */
  readonly head: number;
  readonly body: number;
}

function after(seconds: number, signal: AbortSignal | null | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, seconds * 1000);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(new DOMException("aborted", "AbortError"));
    });
  });
}

/** A server whose model thinks for so long before it says anything, in the time of the timers. */
function lateFetch({ head, body }: Late): typeof globalThis.fetch {
  return async (input, init) => {
    const url = String(input instanceof Request ? input.url : input);
    const isChat = url.endsWith("/chat/completions");
    if (!isChat && !url.endsWith("/completions")) return new Response("{}", { status: 404 });
    await after(head, init?.signal);
    const wire = isChat
      ? chatWire({ text: "Four.", dialect: "generic" }, { messages: [] })
      : completionWire({ text: "Four." }, { prompt: "Hello" });
    const stream = new ReadableStream<Uint8Array>({
      async start(controller) {
        try {
          await after(body, init?.signal);
          controller.enqueue(new TextEncoder().encode(wire));
          controller.close();
        } catch (error) {
          controller.error(error);
        }
      },
    });
    return new Response(stream, { headers: { "content-type": "text/event-stream" } });
  };
}

const FAMILIES = ["completions", "chat-prefix", "native-tools"] as const;

function modelOf(
  family: (typeof FAMILIES)[number],
  late: Late,
  more: { baseUrl?: string; headersTimeoutMs?: number; idleTimeoutMs?: number },
): ContinuationModel {
  const { baseUrl = "http://127.0.0.1:8080/v1" } = more;
  const served = {
    modelName: "qwq",
    dialect: "generic" as const,
    maxRetries: 0,
    contextTokens: 8_192,
    fetch: lateFetch(late),
    ...more,
    baseUrl,
  };
  if (family === "completions") return createCompletionsModel(served);
  if (family === "chat-prefix") return createChatPrefixModel(served);
  return createChatToolsModel({ ...served, side: qwqNativeSide });
}

async function outcome(model: ContinuationModel): Promise<string> {
  const asked = collect(model, { maxTokens: 100 }).then(
    (chunks) => (textOf(chunks).includes("Four.") ? "answered" : "no text"),
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  for (let seconds = 0; seconds < 700; seconds += 1) await vi.advanceTimersByTimeAsync(1_000);
  return asked;
}

function virtualTime(): void {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance", "Date"] });
  onTestFinished(() => void vi.useRealTimers());
}

test.each(
  FAMILIES.flatMap((family) =>
    [
      { head: 200, body: 0 },
      { head: 0, body: 200 },
      { head: 290, body: 290 },
    ].map((late) => [family, late] as const),
  ),
)("%s waits for a first byte of a server on this machine, %o", async (family, late) => {
  virtualTime();
  expect(await outcome(modelOf(family, late, {}))).toBe("answered");
});

test.each(FAMILIES)("%s: ten minutes there, two elsewhere, and as long as is set", async (family) => {
  virtualTime();
  const [here, there, set, short] = await Promise.all([
    outcome(modelOf(family, { head: 610, body: 0 }, {})),
    outcome(modelOf(family, { head: 0, body: 200 }, { baseUrl: "https://api.example.org/v1" })),
    outcome(modelOf(family, { head: 610, body: 0 }, { headersTimeoutMs: 660_000 })),
    outcome(modelOf(family, { head: 0, body: 40 }, { headersTimeoutMs: 30_000 })),
  ]);
  expect(here).toMatch(/did not begin to reply within 600000 ms.*AGENTIC_RAG_MODEL_WAIT_SECONDS/s);
  expect(there).toMatch(/did not begin to reply within 120000 ms/);
  expect(set).toBe("answered");
  expect(short).toMatch(/did not begin to reply within 30000 ms/);
});
