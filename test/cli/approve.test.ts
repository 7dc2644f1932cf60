import { join } from "node:path";
import { PassThrough } from "node:stream";
import { describe, expect, test } from "vitest";
import { runProgram } from "../../src/cli/program.ts";
import type { ServerReply } from "../servers/completions.ts";
import { world } from "../servers/world.ts";
import { startProgram } from "./process.ts";
import { call } from "./scripts.ts";
import { createStage } from "./surroundings.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const CTRL_C = "\u0003";
const CTRL_D = "\u0004";
const ASKS = "search? [y]es / [e]dit / [h]int / [n]o ";
const ANSWER = "</think>\n\nIt is so [1].";
const HOLDS = { timeout: 30_000 };

async function approved(replies: readonly ServerReply[], more: Readonly<Record<string, string>> = {}) {
  const { completions, tavily, environment: named } = await world(replies);
  const environment = {
    ...named,
    AGENTIC_RAG_DATABASE: join(await temporaryFolder(), "threads.sqlite"),
    NO_COLOR: "1",
    ...more,
  };
  const prompts = () => completions.requests.map(({ body }) => body.prompt);

  /** Runs the program at a terminal, and presses keys as soon as the screen shows what they are typed under. */
  async function atTerminal(
    args: readonly string[],
    typed: readonly (readonly [under: string, keys: string])[],
  ) {
    const stage = createStage({ environment, terminal: true });
    const keyboard = Object.assign(new PassThrough(), { isTTY: true });
    const ended = runProgram(args, { ...stage.surroundings, stdin: keyboard });
    let from = 0;
    for (const [under, keys] of typed) {
      await expect.poll(() => stage.out().indexOf(under, from), { timeout: 10_000 }).not.toBe(-1);
      from = stage.out().indexOf(under, from) + under.length;
      keyboard.write(keys);
    }
    const exitCode = await ended;
    return { exitCode, screen: legible(stage.out()), err: stage.err(), listening: stage.listening() };
  }
  return { atTerminal, environment, queries: tavily.queries, prompts };
}

/** Without what moves the cursor. */
function legible(screen: string): string {
  // oxlint-disable-next-line no-control-regex -- what a terminal is told begins with this character
  return screen.replaceAll(/\u001B\[\d*[A-Z]/g, "").replaceAll("\r\n", "\n");
}

describe("ask --approve", () => {
  test.each(["\r", "y\r", "YES\r"])("shows the queries and sends them for %j", HOLDS, async (keys) => {
    const { atTerminal, queries } = await approved([call("apples"), ANSWER]);
    const { exitCode, screen, listening } = await atTerminal(["--approve", "Which?"], [[ASKS, keys]]);
    expect(screen).toContain("The model wants to search tavily (5 searches left):\n  apples\n");
    expect(screen.indexOf(ASKS)).toBeLessThan(screen.indexOf("Searching tavily: apples"));
    expect(screen).toContain("\nIt is so [1].\n");
    expect(queries).toEqual(["apples"]);
    expect({ exitCode, listening }).toEqual({ exitCode: 0, listening: 0 });
  });

  test("sends nothing before it is answered", HOLDS, async () => {
    const { atTerminal, queries, prompts } = await approved([call("apples"), ANSWER]);
    const { exitCode, screen, err } = await atTerminal(
      ["ask", "--approve", "Which?"],
      [
        [ASKS, CTRL_C],
        ["(Ctrl-C once more", CTRL_C],
      ],
    );
    expect(queries).toEqual([]);
    expect(prompts().length).toBe(1);
    expect(screen).not.toContain("Searching");
    expect([exitCode, err]).toEqual([130, "Stopped.\n"]);
  });

  test.each([
    [[[ASKS, "e pears; plums\r"]]],
    [
      [
        [ASKS, "e\r"],
        ["search for (several with ;): ", "pears;plums\r"],
      ],
    ],
  ] as const)("sends what is typed instead: %j", HOLDS, async (typed) => {
    const { atTerminal, queries, prompts } = await approved([call("apples"), ANSWER]);
    expect((await atTerminal(["ask", "--approve", "Which?"], typed)).exitCode).toBe(0);
    expect([...queries].sort()).toEqual(["pears", "plums"]);
    expect(prompts()[1]).toContain('The search for "apples" failed: It was not sent: the user put another');
  });

  test.each([
    [[[ASKS, "h Look at home\r"]], "It was not sent. The user says instead: Look at home."],
    [
      [
        [ASKS, "hint\r"],
        ["hint: ", "Look at home\r"],
      ],
      "It was not sent. The user says instead: Look at home.",
    ],
    [[[ASKS, "n\r"]], "It was not sent: the user did not allow it."],
    [[[ASKS, "no Too dear!\r"]], "It was not sent: the user did not allow it, and says: Too dear!"],
  ] as const)("tells the model what is typed instead of sending it: %j", HOLDS, async (typed, told) => {
    const { atTerminal, queries, prompts } = await approved([call("apples"), "</think>\n\nI cannot tell."]);
    const { exitCode, screen } = await atTerminal(["ask", "--approve", "Which?"], typed);
    expect(prompts()[1]).toContain(told);
    expect(queries).toEqual([]);
    expect(screen).toContain("\nI cannot tell.\n");
    expect(screen).not.toContain("Not searched");
    // which is no answer
    expect(exitCode).toBe(1);
  });

  test("asks again after a slip, and before every search", HOLDS, async () => {
    const { atTerminal, queries } = await approved([call("apples"), call("pears"), ANSWER]);
    const { screen } = await atTerminal(
      ["ask", "--approve", "--max-searches", "2", "Which?"],
      [
        [ASKS, "sure\r"],
        ["Type y to send it, e and", ""],
        [ASKS, "e\r"],
        ["search for", "\r"],
        ["Nothing was typed.", ""],
        [ASKS, "e a; b; c\r"],
        ["expected array to have <=2 items", ""],
        [ASKS, "y\r"],
        ["(1 search left):", ""],
        [ASKS, "y\r"],
      ],
    );
    expect(queries).toEqual(["apples", "pears"]);
    expect(screen).toContain("\nIt is so [1].\n");
  });

  test("takes nothing but its words for an answer", HOLDS, async () => {
    const { atTerminal, queries } = await approved([call("apples"), "</think>\n\nI cannot tell."]);
    const typed = [
      "sure",
      "yes please",
      "1",
      "true",
      "approve",
      '{"decision":"approve"}',
      "yn",
      "ok",
      "да",
      "y;n",
    ];
    const { screen } = await atTerminal(
      ["ask", "--approve", "Which?"],
      [
        ...typed.flatMap((line) => [[ASKS, `${line}\r`] as const, ["Type y to send it, e and", ""] as const]),
        [ASKS, "n\r"],
      ],
    );
    expect(queries).toEqual([]);
    expect(screen).toContain("\nI cannot tell.\n");
  });

  test("takes nothing for an answer that was typed before it was asked", HOLDS, async () => {
    const { atTerminal, queries } = await approved([call("apples"), "</think>\n\nI cannot tell."]);
    await atTerminal(
      ["ask", "--approve", "Which?"],
      [
        ["", "\r\ry\r"],
        [ASKS, "n\r"],
      ],
    );
    expect(queries).toEqual([]);
  });

  test("Ctrl-C while the model writes stops the run", HOLDS, async () => {
    const { atTerminal } = await approved([
      { text: "Thinking about it at length.", chunkSize: 5, fault: { kind: "stall", after: 800 } },
    ]);
    const { exitCode, err } = await atTerminal(["ask", "--approve", "Which?"], [["Think", CTRL_C]]);
    expect([exitCode, err]).toEqual([130, "Stopped.\n"]);
  });

  test("what a query holds does nothing to the terminal", HOLDS, async () => {
    const { atTerminal } = await approved([call("ap\u001B[2Jples\nsearch? yes"), ANSWER]);
    const { screen } = await atTerminal(["ask", "--approve", "Which?"], [[ASKS, "n\r"]]);
    expect(screen).toContain("  ap[2Jples search? yes\n");
  });
});

test("a thread that waits says so, and is answered by resume --approve alone", HOLDS, async () => {
  const { atTerminal, queries, environment, prompts } = await approved([call("apples"), ANSWER]);
  const left = await atTerminal(["ask", "--approve", "--thread", "fruit", "Which?"], [[ASKS, CTRL_D]]);
  const waits =
    "The run waits: it asks before it searches, and nothing was sent. To answer it: agentic-rag resume --approve fruit\n";
  expect([left.exitCode, left.err]).toEqual([1, waits]);
  const stage = createStage({ environment });
  expect(await runProgram(["resume", "fruit"], stage.surroundings)).toBe(1);
  expect(stage.err()).toContain(waits);
  expect([queries, prompts().length]).toEqual([[], 1]);
  const done = await atTerminal(["resume", "--approve", "fruit"], [[ASKS, "e pears\r"]]);
  expect(done.screen).toContain("The model wants to search tavily (5 searches left):\n  apples\n");
  expect(done.screen).toContain("\nIt is so [1].\n");
  expect([done.exitCode, queries]).toEqual([0, ["pears"]]);
});

test(
  "a thread that was stopped in its first step asks when it is resumed, also without --approve",
  HOLDS,
  async () => {
    const stalls = {
      text: "Thinking about it at length.",
      chunkSize: 5,
      fault: { kind: "stall", after: 800 },
    } as const;
    const { atTerminal, queries, environment } = await approved([stalls, call("apples"), ANSWER]);
    await atTerminal(["ask", "--approve", "--thread", "fruit", "Which?"], [["Think", CTRL_C]]);
    const stage = createStage({ environment });
    expect(await runProgram(["resume", "fruit"], stage.surroundings)).toBe(1);
    expect(stage.err()).toContain("The run waits: it asks before it searches, and nothing was sent.");
    expect(queries).toEqual([]);
  },
);

test(
  "SIGTERM while it waits ends a thread with 0; resume --all finds nothing that it may send",
  HOLDS,
  async () => {
    const { environment, queries } = await approved([call("apples"), ANSWER]);
    const stage = createStage({ environment, terminal: true });
    const stdin = Object.assign(new PassThrough(), { isTTY: true });
    const args = ["ask", "--approve", "--thread", "fruit", "Which?"];
    const ended = runProgram(args, { ...stage.surroundings, stdin });
    await expect.poll(stage.out, { timeout: 10_000 }).toContain(ASKS);
    stage.send("SIGTERM");
    expect(await ended).toBe(0);
    expect(stage.err()).toContain("To finish the answer: agentic-rag resume --approve fruit\n");
    const second = createStage({ environment });
    expect(await runProgram(["resume", "--all"], second.surroundings)).toBe(0);
    expect(second.err()).toBe("There is nothing to resume.\n");
    expect(queries).toEqual([]);
  },
);

test(
  "chat --approve asks between its questions, and tells how a run that waits is answered",
  HOLDS,
  async () => {
    const { atTerminal, queries } = await approved([call("apples"), ANSWER, call("pears")]);
    const { exitCode, screen } = await atTerminal(
      ["chat", "--approve", "--thread", "fruit"],
      [
        ["> ", "Which?\r"],
        [ASKS, "y\r"],
        ["> ", "And pears?\r"],
        [ASKS, CTRL_D],
      ],
    );
    expect(queries).toEqual(["apples"]);
    expect(screen).toContain("\nIt is so [1].\n");
    expect(screen).toMatch(/\nThe run waits: .* agentic-rag resume --approve fruit\n$/);
    expect(exitCode).toBe(0);
  },
);

describe("--approve is wrong usage", () => {
  test.each([
    [["ask", "--approve", "--json", "Q?"], "--approve and --json exclude each other: "],
    [["resume", "--approve", "-q", "t"], "--approve and --quiet exclude each other: "],
    [["ask", "--approve", "-"], "--approve reads your answers at the terminal: give the question in words."],
    [["mcp", "--approve"], "mcp has no option --approve."],
  ])("%j", async (args, message) => {
    const stage = createStage({ terminal: true });
    expect(await runProgram(args, stage.surroundings)).toBe(2);
    expect(stage.err()).toContain(message);
  });

  test.each([[["--approve", "Q?"]], [["chat", "--approve"]], [["resume", "--approve", "--all"]]])(
    "without a terminal: %j",
    { timeout: 60_000 },
    async (args) => {
      const program = startProgram(args, { environment: { HOME: await temporaryFolder() } });
      expect(await program.ended).toEqual({ exitCode: 2, signal: null });
      expect([program.out(), program.err()]).toEqual([
        "",
        "--approve asks before each search, and there is no terminal to ask at. Run it at a terminal, or leave out --approve.\n",
      ]);
    },
  );
});
