import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { driveThread, type DriveRequest } from "../../src/durability/driver.ts";
import type { Durability } from "../../src/durability/durability.ts";
import { openSqliteDurability } from "../../src/durability/sqlite/sqlite.ts";
import { sweepOrphans } from "../../src/durability/sweep.ts";
import type { RunState } from "../../src/graph/state.ts";
import { createFolder } from "../search/temporary-folder.ts";
import { agentOn, call, countingEngine } from "./agent.ts";

function newFile(): string {
  return join(createFolder(), "threads.sqlite");
}

function opened(file: string): Durability {
  const durability = openSqliteDurability(file);
  onTestFinished(() => durability.close());
  return durability;
}

const SCRIPT = [call("apples"), "</think>\n\nApples [1]."];

function request(durability: Durability, more: Partial<DriveRequest> = {}): DriveRequest {
  return { durability, agent: agentOn(durability, SCRIPT), threadId: "t", owner: "one", pauseMs: 1, ...more };
}

async function statusOf({ book }: Durability, threadId = "t") {
  const thread = await book.find(threadId);
  return [thread?.status, thread?.attempts, thread?.problem, thread?.leasedUntil];
}

function answerOf(state: unknown): string {
  return (state as RunState).answer;
}

test("a run is begun, finished and written down", async () => {
  const durability = opened(newFile());
  const types: unknown[] = [];
  const driven = await driveThread(
    request(durability, {
      question: "Which fruit?",
      onData: (mode, data) => mode === "custom" && types.push((data as { type: string }).type),
    }),
  );
  expect([driven.status, answerOf(driven.state)]).toEqual([
    "finished",
    "Apples [[1]](https://example.org/apples).",
  ]);
  expect(types[0]).toBe("run-start");
  expect(types.at(-1)).toBe("answer-end");
  expect(await statusOf(durability)).toEqual(["finished", 1, "", 0]);
  expect(await durability.book.find("t")).toMatchObject({ question: "Which fruit?", owner: "one" });
});

test("a finished run is told again, and nothing is asked again", async () => {
  const durability = opened(newFile());
  await driveThread(request(durability, { question: "Which fruit?" }));
  const driven = await driveThread(request(durability, { agent: agentOn(durability, []) }));
  expect([driven.status, answerOf(driven.state)]).toEqual([
    "finished",
    "Apples [[1]](https://example.org/apples).",
  ]);
});

test("the same question asked again is another run", async () => {
  const durability = opened(newFile());
  await driveThread(request(durability, { question: "Which fruit?" }));
  const again = agentOn(durability, ["</think>\n\nPears."]);
  const driven = await driveThread(request(durability, { agent: again, question: "Which fruit?" }));
  expect(answerOf(driven.state)).toBe("Pears.");
  expect((driven.state as RunState).messages.map(({ text }) => text)).toEqual([
    "Which fruit?",
    "Apples [[1]](https://example.org/apples).",
    "Which fruit?",
    "Pears.",
  ]);
});

test("a run that was killed before its first checkpoint begins with its question", async () => {
  const durability = opened(newFile());
  await driveThread(request(durability, { question: "Which fruit?" }));
  const claim = await durability.book.claim("t", "killed", 0);
  if (claim.status !== "claimed") throw new Error("not claimed");
  await durability.book.begin(claim.lease, "Which fruit?");
  const again = agentOn(durability, ["</think>\n\nPears."]);
  const driven = await driveThread(request(durability, { agent: again }));
  expect(answerOf(driven.state)).toBe("Pears.");
  expect(await statusOf(durability)).toEqual(["finished", 2, "", 0]);
});

test("there is nothing to resume on a thread that is not there", async () => {
  const durability = opened(newFile());
  await expect(driveThread(request(durability))).rejects.toMatchObject({
    code: "thread-unknown",
    message: 'There is no thread "t". To see which there are: agentic-rag threads.',
  });
  expect(await durability.book.list()).toEqual([]);
});

test("a thread has one driver; the other is told who and until when", async () => {
  const file = newFile();
  const [first, second] = [opened(file), opened(file)];
  await first.book.claim("t", "process 1 on here", 60_000);
  await expect(driveThread(request(second, { question: "Q?" }))).rejects.toMatchObject({
    code: "thread-busy",
    message: expect.stringMatching(
      /^The thread "t" is driven by process 1 on here, at least until \d{4}-\S+Z\. Wait until it has ended, or use another thread\.$/,
    ) as string,
  });
});

test("a drained run ends after its step, is an orphan at once, and is swept to the same answer", async () => {
  const durability = opened(newFile());
  const drain = new AbortController();
  const { engine, queries } = countingEngine();
  const stopped = await driveThread(
    request(durability, {
      question: "Which fruit?",
      drain: drain.signal,
      agent: agentOn(durability, SCRIPT.slice(0, 1), {
        name: "counting",
        search(query, options) {
          drain.abort();
          return engine.search(query, options);
        },
      }),
    }),
  );
  expect(stopped.status).toBe("stopped");
  expect((stopped.state as RunState).transcript.map(({ origin }) => origin)).toEqual([
    "runtime",
    "model",
    "search",
  ]);
  const agent = agentOn(durability, SCRIPT.slice(1), engine);
  const swept = [];
  for await (const one of sweepOrphans({ durability, agent, owner: "two" })) swept.push(one);
  expect(swept.map(({ status, state }) => [status, answerOf(state)])).toEqual([
    ["finished", "Apples [[1]](https://example.org/apples)."],
  ]);
  expect(queries).toEqual(["apples"]);
  expect(await statusOf(durability)).toEqual(["finished", 2, "", 0]);
});

test("a step that takes too long to drain is given up, and done again by the next", async () => {
  const durability = opened(newFile());
  const drain = new AbortController();
  const driven = await driveThread(
    request(durability, {
      question: "Which fruit?",
      drain: drain.signal,
      graceMs: 1,
      agent: agentOn(durability, SCRIPT, {
        name: "counting",
        search(_query, { signal } = {}) {
          drain.abort();
          return new Promise((_, reject) => {
            signal?.addEventListener("abort", () => reject(new DOMException("", "AbortError")));
          });
        },
      }),
    }),
  );
  expect(driven.status).toBe("stopped");
  const { engine, queries } = countingEngine();
  const next = await driveThread(
    request(durability, { agent: agentOn(durability, SCRIPT.slice(1), engine) }),
  );
  expect(answerOf(next.state)).toBe("Apples [[1]](https://example.org/apples).");
  expect(queries).toEqual(["apples"]);
});

test("an aborted run is stopped, no orphan, and can be resumed", async () => {
  const durability = opened(newFile());
  const abort = new AbortController();
  const { engine } = countingEngine();
  const aborting = agentOn(durability, SCRIPT, {
    name: "counting",
    search(query, options) {
      abort.abort();
      return engine.search(query, options);
    },
  });
  await expect(
    driveThread(request(durability, { question: "Which fruit?", agent: aborting, signal: abort.signal })),
  ).rejects.toThrow("This operation was aborted");
  expect(await statusOf(durability)).toEqual(["stopped", 1, "", 0]);
  expect(await durability.book.orphans()).toEqual([]);
  const driven = await driveThread(request(durability, { agent: agentOn(durability, SCRIPT.slice(1)) }));
  expect(answerOf(driven.state)).toBe("Apples [[1]](https://example.org/apples).");
});

test("an orphan that was begun too often is given up for all to see, and goes on when it is asked for", async () => {
  const durability = opened(newFile());
  const claim = await durability.book.claim("t", "killed", 0);
  if (claim.status !== "claimed") throw new Error("not claimed");
  await durability.book.begin(claim.lease, "Which fruit?");
  await durability.book.begin(claim.lease);
  const agent = agentOn(durability, SCRIPT);
  const swept = [];
  for await (const one of sweepOrphans({ durability, agent, owner: "two", maxBegun: 2 })) swept.push(one);
  const problem =
    "The run was begun 2 times, and its process ended each time before it came to its end. To try once more: agentic-rag resume.";
  expect(swept).toMatchObject([{ status: "failed", problem }]);
  expect(await statusOf(durability)).toEqual(["failed", 2, problem, 0]);
  expect((await driveThread(request(durability, { agent }))).status).toBe("finished");
});

test("a defect of the graph ends the run as failed, with its reason", async () => {
  const durability = opened(newFile());
  const agent = agentOn(durability, []);
  await expect(driveThread(request(durability, { question: "Q?", agent }))).rejects.toMatchObject({
    code: "script-exhausted",
  });
  expect((await statusOf(durability)).slice(0, 2)).toEqual(["failed", 1]);
});
