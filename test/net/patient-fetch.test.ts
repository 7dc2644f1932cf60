import { setTimeout as wait } from "node:timers/promises";
import { Agent, fetch as undiciFetch } from "undici";
import { expect, onTestFinished, test, vi } from "vitest";
import { isLoopback } from "../../src/net/loopback.ts";
import { patientFetch } from "../../src/net/patient-fetch.ts";
import { startWireServer } from "../servers/wire-server.ts";

/** A server that answers when it is told to. */
async function lateServer() {
  let answer: (() => void) | undefined;
  const server = await startWireServer((response) => {
    answer = () => void response.end("late");
  });
  return { url: server.url, asked: server.asked, answer: () => answer?.() };
}

test("a first byte after 400 s of virtual time comes, where undici's own limit gives it up", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] });
  onTestFinished(() => void vi.useRealTimers());
  const [patient, usual] = [await lateServer(), await lateServer()];
  const late = patientFetch(patient.url).then((response) => response.text());
  const given = undiciFetch(usual.url, { dispatcher: new Agent() }).then(
    () => "answered",
    (error: unknown) =>
      error instanceof Error ? String((error.cause as { code?: unknown } | undefined)?.code) : "",
  );
  await Promise.all([patient.asked, usual.asked]);
  for (let seconds = 0; seconds < 400; seconds += 1) vi.advanceTimersByTime(1_000);
  patient.answer();
  expect([await late, await given]).toEqual(["late", "UND_ERR_HEADERS_TIMEOUT"]);
});

test.each([
  ["http://127.0.0.1:8080/v1", true],
  ["http://localhost:11434", true],
  ["http://[::1]:8000/v1", true],
  ["http://192.168.1.4:8000/v1", false],
  ["https://api.example.org/v1", false],
  ["no address", false],
])("%s is this machine: %s", (address, here) => {
  expect(isLoopback(address)).toBe(here);
});

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
  const post = async (): Promise<string> => {
    const said = await (await patientFetch(server.url, { method: "POST", body: "a body" })).text();
    // the connection is free when its reply is over, which is a moment later
    await wait(20);
    return said;
  };
  return { server, post };
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
  await expect(post()).rejects.toThrow("fetch failed");
  expect([server.requests.length, server.connections()]).toEqual([1, 1]);
});

test("no connection to llama.cpp is kept once it has named itself", async () => {
  const server = await startWireServer((response) =>
    response.setHeader("server", "llama.cpp").end("answered"),
  );
  for (let times = 0; times < 3; times += 1) {
    await (await patientFetch(server.url, { method: "POST", body: "a body" })).text();
    await wait(20);
  }
  expect(server.requests.map(({ headers }) => headers.connection)).toEqual(["keep-alive", "close", "close"]);
});
