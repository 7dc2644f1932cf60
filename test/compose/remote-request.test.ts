import { expect, test } from "vitest";
import { remoteRequest } from "../../src/compose/remote-request.ts";

const STREAM = new URL("http://127.0.0.1:2024/threads/t/runs/stream");

function sent(body: unknown, url = STREAM): unknown {
  const { body: text, ...rest } = remoteRequest(url, { method: "POST", body: JSON.stringify(body) });
  expect(rest).toEqual({ method: "POST" });
  return typeof text === "string" ? JSON.parse(text) : text;
}

test("a run ends with its client, has no limit of steps, and is sent ids alone of what is around it, and keeps no steps", () => {
  const config = {
    tags: ["mine"],
    metadata: { mine: 1 },
    recursion_limit: 25,
    configurable: { checkpoint_id: "c", langgraph_auth_user: { identity: "ann" }, mine: "x" },
  };
  expect(
    sent({ assistant_id: "agentic-rag", input: { question: "Q?" }, context: { maxPages: 1 }, config }),
  ).toEqual({
    assistant_id: "agentic-rag",
    input: { question: "Q?" },
    context: { maxPages: 1, stepMessages: false },
    config: { tags: ["mine"], metadata: { mine: 1 }, configurable: { checkpoint_id: "c" } },
    on_disconnect: "cancel",
  });
});

test("what was asked for stays, and other requests are as they were", () => {
  const run = { assistant_id: "agentic-rag", on_disconnect: "continue", context: { stepMessages: true } };
  expect(sent(run)).toEqual(run);
  const other = { config: { recursion_limit: 25 } };
  expect(sent(other, new URL("http://127.0.0.1:2024/assistants"))).toEqual(other);
  const bare = { method: "GET" };
  expect(remoteRequest(STREAM, bare)).toBe(bare);
});
