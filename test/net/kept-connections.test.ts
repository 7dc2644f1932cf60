import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { onKept } from "../../src/net/kept-connections.ts";
import { patientFetch } from "../../src/net/patient-fetch.ts";
import { readBody } from "../../src/net/read-body.ts";
import { send as sendHttp, type Send } from "../../src/net/send.ts";
import { startWireServer } from "../servers/wire-server.ts";

/** The package's own, and such as a caller gives. */
const SENDS = [
  ["the own way to send", sendHttp],
  ["the fetch of undici", patientFetch],
  ["Node's fetch", globalThis.fetch],
] as const;

/** Sends a request, reads its reply to the end, and waits until the connection is free, which is a moment later. */
async function postOn(send: Send, url: string): Promise<string> {
  const { signal } = new AbortController();
  const asked = { method: "POST", headers: {}, body: "a body", signal, redirect: "manual" } as const;
  const { text } = await readBody(await send(url, asked), 1_000);
  await wait(20);
  return text;
}

describe.each(SENDS)("over %s", (_, given) => {
  const send = onKept(given);
  /** A server that answers on a connection so often, and closes it without a word when it is asked again. */
  async function closingServer(answers: number) {
    const served = new WeakMap<object, number>();
    const server = await startWireServer((response) => {
      const socket = response.socket ?? response;
      const before = served.get(socket) ?? 0;
      served.set(socket, before + 1);
      if (before < answers) response.end("answered");
      else response.socket?.end();
    });
    return { server, post: () => postOn(send, server.url) };
  }

  test("one connection carries one request after the other", async () => {
    const { server, post } = await closingServer(Infinity);
    for (let times = 0; times < 5; times += 1) expect(await post()).toBe("answered");
    expect([server.requests.length, server.connections()]).toEqual([5, 1]);
  });

  test("what was sent on a kept connection that its server closed is sent once more, on a new one", async () => {
    const { server, post } = await closingServer(1);
    for (let times = 0; times < 2; times += 1) expect(await post()).toBe("answered");
    expect(server.requests.map(({ body }) => body)).toEqual(["a body", "a body", "a body"]);
    expect(server.connections()).toBe(2);
  });

  test("what a new connection broke with is not sent again", async () => {
    const { server, post } = await closingServer(0);
    await expect(post()).rejects.toThrow(/fetch failed|socket hang up/);
    expect([server.requests.length, server.connections()]).toEqual([1, 1]);
  });

  test("no connection to llama.cpp is kept once it has named itself", async () => {
    const server = await startWireServer((response) =>
      response.setHeader("server", "llama.cpp").end("answered"),
    );
    for (let times = 0; times < 3; times += 1) await postOn(send, server.url);
    expect(server.requests.map(({ headers }) => headers.connection)).toEqual([
      "keep-alive",
      "close",
      "close",
    ]);
  });
});
