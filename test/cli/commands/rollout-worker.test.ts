import { expect, test } from "vitest";
import { runProgram } from "../../../src/cli/program.ts";
import { startWireServer } from "../../servers/wire-server.ts";
import { createStage } from "../surroundings.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const COMPLETION = {
  choices: [{ index: 0, text: "I know.\n</think>\n\nRome", finish_reason: "stop", stop_reason: null }],
  usage: { prompt_tokens: 100, completion_tokens: 9 },
};

/** A gateway as Agent Lightning's: it refuses streams, records each request, and takes rewards. */
async function startGateway({ paused = 0, rewards = 200 } = {}) {
  let left = paused;
  return startWireServer((response, { path, body }) => {
    const send = (status: number, value: unknown, headers = {}): void => {
      response
        .writeHead(status, { "content-type": "application/json", ...headers })
        .end(JSON.stringify(value));
    };
    if (path.endsWith("/events")) return send(rewards, {});
    if (!path.endsWith("/openai/v1/completions")) return send(404, { detail: "Not Found" });
    if ((JSON.parse(body) as { stream?: boolean }).stream === true)
      return send(400, { detail: "no streams" });
    if (left-- > 0) return send(429, { detail: "paused" }, { "retry-after": "1", "x-agl-paused": "1" });
    return send(200, COMPLETION);
  });
}

async function work(url: string, more: Readonly<Record<string, string>> = {}, args: readonly string[] = []) {
  const environment = {
    AGL_OPENAI_BASE_URL: `${url}/proxy/rollout/r1/attempt/0/mode/train/openai/v1`,
    AGL_KEY: "agl-key-3141",
    AGL_EVENT_URL: `${url}/api/rollouts/r1/attempt/0/events`,
    QUESTION: "What is the capital of Italy?",
    GOLDEN_ANSWERS: '["Rome"]',
    ...more,
  };
  const stage = createStage({ environment, folder: await temporaryFolder() });
  const exitCode = await runProgram(["rollout", ...args], stage.surroundings);
  return { exitCode, out: stage.out(), err: stage.err() };
}

test("one question, one request, one reward", async () => {
  const { url, requests } = await startGateway();
  const { exitCode, out } = await work(url);
  expect(exitCode).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    question: "What is the capital of Italy?",
    answer: "Rome",
    answered: true,
    scores: { em: 1 },
    reward: 1,
  });
  // what a gateway records are requests for text: the size of the context is asked for besides
  const posted = requests.filter(({ method }) => method === "POST");
  expect(posted.map(({ method, path }) => `${method} ${path}`)).toEqual([
    "POST /proxy/rollout/r1/attempt/0/mode/train/openai/v1/completions",
    "POST /api/rollouts/r1/attempt/0/events",
  ]);
  expect(posted.map(({ headers }) => headers.authorization)).toEqual(Array(2).fill("Bearer agl-key-3141"));
  expect(JSON.parse(posted[1]!.body)).toEqual({
    event_type: "reward",
    data: { value: 1, source: "agentic-rag", reason: "em" },
  });
});

test("a paused gateway is waited for as long as it says", async () => {
  const { url, requests } = await startGateway({ paused: 1 });
  expect(await work(url)).toMatchObject({ exitCode: 0 });
  expect(requests.filter(({ path }) => path.endsWith("/completions"))).toHaveLength(2);
});

test("a reward that is refused is told, and no key with it", async () => {
  const { url } = await startGateway({ rewards: 500 });
  const { exitCode, err } = await work(url);
  expect(exitCode).not.toBe(0);
  expect(err).toContain("The reward could not be posted to AGL_EVENT_URL (status 500).");
  expect(err).not.toContain("agl-key");
});

test("without a question it says how it is called", async () => {
  const { exitCode, err } = await work("http://127.0.0.1:9", { QUESTION: "" });
  expect(exitCode).toBe(2);
  expect(err).toContain("agentic-rag rollout <dataset> --out <file>");
});
