import { expect, test } from "vitest";
import { readBody, readBodyStart } from "../../src/net/read-body.ts";

const TEXT = "Grüße, 世界 😀";
const BYTES = new TextEncoder().encode(TEXT);

/** A body in pieces of one byte, which breaks at its end where it is told to. */
function response({ breaks = false } = {}): { response: Response; cancelled: () => boolean } {
  let at = 0;
  let cancelled = false;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (at < BYTES.length) controller.enqueue(BYTES.subarray(at, (at += 1)));
      else if (breaks) controller.error(new TypeError("terminated"));
      else controller.close();
    },
    cancel: () => void (cancelled = true),
  });
  return { response: new Response(body), cancelled: () => cancelled };
}

test("a body that is as long as the limit is whole", async () => {
  expect(await readBody(response().response, BYTES.length)).toEqual({ text: TEXT, complete: true });
  expect(await readBody(new Response(null), 0)).toEqual({ text: "", complete: true });
});

test("a longer one is cut and its connection closed", async () => {
  for (let limit = 0; limit < BYTES.length - 2; limit += 1) {
    const { response: longer, cancelled } = response();
    const { text, complete } = await readBody(longer, limit);
    expect([TEXT.startsWith(text), complete, cancelled()]).toEqual([true, false, true]);
  }
  // one chunk that is far longer than the limit
  expect(await readBody(new Response("x".repeat(1_000_000)), 10)).toEqual({
    text: "x".repeat(10),
    complete: false,
  });
});

test("one that breaks is an error, and a beginning", async () => {
  await expect(readBody(response({ breaks: true }).response, 1_000)).rejects.toThrow("terminated");
  expect(await readBodyStart(response({ breaks: true }).response, 1_000)).toBe(TEXT);
  expect(await readBodyStart(response().response, 5)).toBe("Grü");
});
