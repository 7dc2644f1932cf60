import { expect, test } from "vitest";
import { createCompletionsModel } from "../../../src/model/completions/completions.ts";
import { collectUntilError } from "../collect.ts";

/** A model whose server refuses every request with this body. */
function refusing(body: ReadableStream<Uint8Array>) {
  return createCompletionsModel({
    baseUrl: "http://127.0.0.1:9/v1",
    modelName: "qwq",
    dialect: "generic",
    fetch: async () => new Response(body, { status: 400, headers: { "content-type": "text/plain" } }),
  });
}

test("an error in bytes that are cut anywhere is told whole", async () => {
  const message = "gewünscht: é € 😀";
  const bytes = new TextEncoder().encode(JSON.stringify({ error: { message } }));
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
      controller.close();
    },
  });
  const { error } = await collectUntilError(refusing(body));
  expect(error).toMatchObject({ message: expect.stringContaining(`(400: ${message})`) });
});

test("of an error page without end no more is read than is told", async () => {
  let made = 0;
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        made += 1;
        if (made > 1_000) controller.close();
        else controller.enqueue(new Uint8Array(10_000).fill(120));
      },
    },
    { highWaterMark: 0 },
  );
  const { error } = await collectUntilError(refusing(body));
  expect(error).toMatchObject({
    code: "model-rejected",
    message: expect.stringContaining(`(400: ${"x".repeat(299)}…)`),
  });
  // 65,536 characters in pieces of 10,000
  expect(made).toBe(7);
});
