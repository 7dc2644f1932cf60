import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { call } from "../../graph/agent.ts";
import { startDevServer, type DevServer } from "../../server/dev-server.ts";
import type { ServerReply } from "../../servers/completions.ts";
import { startWorld, type World } from "../../servers/world.ts";
import { sample } from "../../sample.ts";
import { libraryDoors, serverDoors, type Door } from "./doors.ts";
import { GARBAGE } from "./garbage.ts";

/** A model that searches twice, unless its first search is refused. */
const reply: ServerReply = ({ body: { prompt } }) => {
  if (prompt.includes("Divide a question into parts")) {
    return `Easy.\n</think>\n\n- ${/What is \w+\?(?!.*What is \w+\?)/s.exec(prompt)?.[0]}`;
  }
  const turn = prompt.slice(prompt.lastIndexOf("<|im_start|>assistant"));
  const topic = /What is (\w+)\?<\|im_end\|>/.exec(prompt)?.[1] ?? "";
  const seen = turn.split("<tool_response>").length - 1;
  if (seen === 0) return call(topic);
  if (seen === 1 && !/did not allow|says instead/.test(turn)) return call(`${topic} more`);
  return "</think>\n\nThat is all.";
};

const lines: string[] = [];
let world: World;
let server: DevServer;
let topics = 0;

beforeAll(async () => {
  world = await startWorld(Array.from({ length: 2000 }, () => reply));
  server = await startDevServer(world.environment);
}, 90_000);

afterAll(async () => {
  console.log(["Approvals, searches that reached the engine:", ...lines.sort()].join("\n"));
  await server?.close();
  await world?.close();
});

/** A run that waits before its first search, and what of its searches reached the engine. */
async function begin(door: Door) {
  topics += 1;
  const topic = `topic${topics}x`;
  const run = await door.begin(`What is ${topic}?`);
  const asked = async () => (await run.waiting()).map(({ value }) => value.queries.join());
  const sent = () => world.tavily.queries.filter((query) => query.includes(topic));
  expect([await asked(), sent()]).toEqual([[topic], []]);
  return { run, topic, asked, sent };
}

const action = (query: string) => ({ name: "web_search", args: { query } });

/** How each decision on one search is written. */
const FORMS = {
  "this package's form": {
    approve: () => ({ decision: "approve" }),
    edit: (query: string) => ({ decision: "edit", queries: [query] }),
    hint: () => ({ decision: "hint", hint: "See the manual" }),
    deny: () => ({ decision: "deny", reason: "Too dear" }),
  },
  "LangChain's form": {
    approve: () => ({ decisions: [{ type: "approve" }] }),
    edit: (query: string) => ({ decisions: [{ type: "edit", edited_action: action(query) }] }),
    hint: () => ({ decisions: [{ type: "respond", message: "See the manual" }] }),
    deny: () => ({ decisions: [{ type: "reject", message: "Too dear" }] }),
  },
  "LangChain.js's form": {
    approve: () => ({ decisions: [{ type: "approve" }] }),
    edit: (query: string) => ({ decisions: [{ type: "edit", editedAction: action(query) }] }),
    hint: () => ({ decisions: [{ type: "respond", message: "See the manual" }] }),
    deny: () => ({ decisions: [{ type: "reject" }] }),
  },
} as const;

/** What is sent of each decision; where something was, the model's next search waits. */
const SENT = {
  deny: () => [],
  hint: () => [],
  edit: (topic: string) => [`${topic} other`],
  approve: (topic: string) => [topic],
} satisfies Record<string, (topic: string) => string[]>;

describe.each([
  "library",
  "a graph around it",
  "research-team, from the parent",
  "SDK",
  "SDK, research-team by the ids of its interrupts",
  "SDK, commands of a thread",
  "RemoteGraph",
])("%s", (name) => {
  function door(): Door {
    const doors = [...libraryDoors(world.environment), ...serverDoors(server.url)];
    const found = doors.find((one) => one.name === name);
    if (found === undefined) throw new Error(`no door ${name}`);
    return found;
  }

  test.each(Object.entries(FORMS))(
    "%s: no is no, an edit is what is sent, a yes is for one search",
    { timeout: 120_000 },
    async (form, says) => {
      const through = door();
      const decide = async (answer: keyof typeof SENT): Promise<void> => {
        const { run, topic, asked, sent } = await begin(through);
        const expected = SENT[answer](topic);
        await run.answer(says[answer](`${topic} other`));
        const next = expected.length > 0 ? [`${topic} more`] : [];
        expect({ answer, sent: sent(), asked: await asked() }).toEqual({
          answer,
          sent: expected,
          asked: next,
        });
        if (next.length > 0) await run.answer(says.deny());
        expect({ answer, sent: sent(), asked: await asked() }).toEqual({ answer, sent: expected, asked: [] });
        const row = `${name}, ${form}: ${answer}${next.length > 0 ? ", then deny" : ""}`;
        lines.push(`  ${String(sent().length).padStart(3)}  ${row}`);
      };
      await Promise.all([decide("deny"), decide("hint"), decide("edit"), decide("approve")]);
    },
  );

  test("what is no answer sends nothing, and is asked again", { timeout: 120_000 }, async () => {
    const through = door();
    const chunk = async (garbage: readonly unknown[]): Promise<void> => {
      const { run, topic, asked, sent } = await begin(through);
      for (const value of garbage) {
        await run.answer(value);
        const shown = JSON.stringify(value).slice(0, 60);
        expect({ shown, sent: sent(), asked: await asked() }).toEqual({ shown, sent: [], asked: [topic] });
      }
      const [last] = await run.waiting();
      expect(last?.value.problem).toMatch(/^The answer to approve-search does not fit: .{1,900}$/);
      await run.answer({ decision: "approve" });
      expect([sent(), await asked()]).toEqual([[topic], [`${topic} more`]]);
    };
    const given = name === "library" ? GARBAGE : sample(GARBAGE, 4);
    const chunks = [0, 1, 2, 3].map((of) => given.filter((_value, at) => at % 4 === of));
    await Promise.all(chunks.map(chunk));
    lines.push(`    0  ${name}: ${given.length} that are no answers, each asked again`);
  });
});
