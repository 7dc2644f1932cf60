import { expect, test } from "vitest";
import { runProgram } from "../../../src/cli/program.ts";
import { world } from "../../servers/world.ts";
import { call } from "../scripts.ts";
import { createStage, type Stage } from "../surroundings.ts";
import { temporaryFolder } from "../temporary-folder.ts";

test("resume --all --json gives one JSON object a line", async () => {
  let stopped: Stage | undefined;
  const { environment } = await world(
    [call("apples"), call("pears"), "</think>\n\nApples [1].", "</think>\n\nPears [1]."],
    (query) => {
      stopped?.send("SIGTERM");
      return [{ title: `About ${query}`, url: `https://example.org/${query}`, content: "Round." }];
    },
  );
  const HOME = await temporaryFolder();
  const stage = () => createStage({ environment: { ...environment, HOME } });
  for (const name of ["apples", "pears"]) {
    stopped = stage();
    expect(await runProgram(["ask", "--thread", name, `Which ${name}?`], stopped.surroundings)).toBe(0);
  }
  const resumed = stage();
  expect(await runProgram(["resume", "--all", "--json"], resumed.surroundings)).toBe(0);
  const told = resumed
    .out()
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { question: string; answer: string });
  expect(told.map(({ question, answer: said }) => [question, said])).toEqual([
    ["Which apples?", "Apples [[1]](https://example.org/apples)."],
    ["Which pears?", "Pears [[1]](https://example.org/pears)."],
  ]);
  const none = stage();
  expect(await runProgram(["resume", "--all", "--json"], none.surroundings)).toBe(0);
  expect([none.out(), none.err()]).toEqual(["", "There is nothing to resume.\n"]);
});
