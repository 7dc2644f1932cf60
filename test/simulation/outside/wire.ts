import { createCompletionsModel } from "../../../src/model/completions/completions.ts";
import type { ContinuationModel } from "../../../src/model/model.ts";
import { chatmlTemplate } from "../../../src/model/template/chat-template.ts";
import type { Protocol } from "../../../src/protocol/protocol.ts";
import { drawSaying, type Saying } from "./model.ts";
import type { Process, World } from "../world.ts";

interface Body {
  readonly prompt: string;
  readonly stop?: readonly string[];
  readonly max_tokens?: number;
}

const encoder = new TextEncoder();

/** The family `completions` over a server that is drawn: it answers late, in pieces, cut off, as something else, or not. */
export function createWireModel(world: World, process: Process, protocol: Protocol): ContinuationModel {
  const { clock, chance, plan } = world;

  async function fetch(_address: unknown, init?: RequestInit): Promise<Response> {
    process.at("wire");
    const body = JSON.parse(init?.body as string) as Body;
    const signal = init?.signal ?? undefined;
    if (chance.is(plan.model.slow)) {
      await process.wait(chance.pick([10, 3_000, 200_000]), signal);
      signal?.throwIfAborted();
    }
    const run = world.runOf(
      body.prompt.slice(0, body.prompt.lastIndexOf("<|im_start|>assistant")),
      "the prompt",
    );
    const saying = drawSaying(world, run, protocol, {
      ...(body.stop !== undefined && { stop: body.stop }),
      ...(body.max_tokens !== undefined && { maxTokens: body.max_tokens }),
      // a digest is asked for in another prompt
      ...(body.prompt.includes(run.question) && { turn: [] }),
    });
    const fault = chance.is(plan.model.fails) ? drawFault() : "none";
    if (fault !== "none") world.note(`wire: ${fault}`);
    if (fault === "refused") throw new TypeError("fetch failed");
    if (fault === "status") return refusal();
    if (fault === "page")
      return new Response("<html>Bad gateway</html>", { headers: { "content-type": "text/html" } });
    return new Response(streamOf(saying, fault, signal), {
      headers: { "content-type": "text/event-stream" },
    });
  }

  function drawFault() {
    return chance.pick([
      "refused",
      "status",
      "page",
      "noFinish",
      "noDone",
      "reset",
      "stall",
      "garbage",
      "error",
    ] as const);
  }

  function refusal(): Response {
    const status = chance.pick([400, 401, 408, 429, 500, 502, 503]);
    const headers = { "content-type": "application/json", ...(chance.is(0.3) && { "retry-after": "2" }) };
    return new Response(JSON.stringify({ error: { message: "No." } }), { status, headers });
  }

  function streamOf(
    saying: Saying,
    fault: string,
    signal: AbortSignal | undefined,
  ): ReadableStream<Uint8Array> {
    const bytes = eventsOf(saying, fault);
    const cuts = Array.from({ length: chance.int(0, 4) }, () => chance.int(0, bytes.length)).sort(
      (a, b) => a - b,
    );
    const pieces = [0, ...cuts].map((at, index) => bytes.subarray(at, cuts[index] ?? bytes.length));
    let at = 0;
    return new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          if (chance.is(plan.model.slow)) await clock.sleep(chance.pick([1, 500, 20_000]), signal);
          const piece = pieces[at];
          at += 1;
          if (signal?.aborted === true) return controller.error(signal.reason);
          if (piece !== undefined) return controller.enqueue(piece);
          if (fault === "reset") return controller.error(new TypeError("terminated"));
          if (fault === "stall") {
            await clock.sleep(10_000_000, signal);
            return controller.error(signal?.reason);
          }
          controller.close();
        },
      },
      { highWaterMark: 0 },
    );
  }

  return createCompletionsModel({
    baseUrl: "http://127.0.0.1:1/v1",
    modelName: "simulated",
    dialect: "generic",
    template: chatmlTemplate,
    fetch,
    clock: {
      now: () => clock.now,
      random: () => chance.next(),
      sleep: (milliseconds, signal) => clock.sleep(milliseconds, signal),
    },
  });
}

function eventsOf({ pieces, finishReason, stopReason, usage }: Saying, fault: string): Uint8Array {
  const texts = pieces.map((text) => choice({ text, finish_reason: null }));
  if (fault === "reset" || fault === "stall") return encoder.encode(texts.slice(0, -1).join(""));
  const finish = choice({
    text: "",
    finish_reason: fault === "noFinish" ? null : finishReason,
    ...(stopReason !== undefined && { stop_reason: stopReason }),
  });
  const counted = `data: ${JSON.stringify({
    choices: [],
    usage: { prompt_tokens: usage.promptTokens ?? 1, completion_tokens: usage.completionTokens ?? 1 },
  })}\n\n`;
  const odd =
    fault === "garbage"
      ? "data: {oops\n\n"
      : fault === "error"
        ? 'data: {"error":{"message":"No."}}\n\n'
        : "";
  const done = fault === "noDone" ? "" : "data: [DONE]\n\n";
  return encoder.encode(
    `: hello\n\n${texts.join("")}${odd}${finish}${usage.completionTokens === undefined ? "" : counted}${done}`,
  );
}

function choice(facts: object): string {
  return `data: ${JSON.stringify({ choices: [{ index: 0, ...facts }] })}\n\n`;
}
