import { Agent, fetch as undiciFetch } from "undici";
import { expect, onTestFinished, test, vi } from "vitest";
import { isLoopback } from "../../src/net/loopback.ts";
import { patientFetch } from "../../src/net/patient-fetch.ts";
import { readBody } from "../../src/net/read-body.ts";
import { send } from "../../src/net/send.ts";
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
  const servers = [await lateServer(), await lateServer(), await lateServer()] as const;
  const [one, other, usual] = servers;
  const { signal } = new AbortController();
  const late = send(one.url, { method: "GET", headers: {}, signal, redirect: "manual" });
  const alsoLate = patientFetch(other.url).then((response) => response.text());
  const given = undiciFetch(usual.url, { dispatcher: new Agent() }).then(
    () => "answered",
    (error: unknown) =>
      error instanceof Error ? String((error.cause as { code?: unknown } | undefined)?.code) : "",
  );
  await Promise.all(servers.map(({ asked }) => asked));
  for (let seconds = 0; seconds < 400; seconds += 1) vi.advanceTimersByTime(1_000);
  for (const server of servers) server.answer();
  const { text } = await readBody(await late, 100);
  expect([text, await alsoLate, await given]).toEqual(["late", "late", "UND_ERR_HEADERS_TIMEOUT"]);
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
