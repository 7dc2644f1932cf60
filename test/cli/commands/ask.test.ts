import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runProgram } from "../../../src/cli/program.ts";
import { json, type ServerReply } from "../../servers/completions.ts";
import { world } from "../../servers/world.ts";
import { call } from "../scripts.ts";
import { createStage, type StageOptions } from "../surroundings.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const SAID = [`Let me look.\n${call("a")}`, "I know.\n</think>\n\nAll about a [1]."];
const ANSWER = "All about a [[1]](https://example.org/a).\n";

async function run(args: readonly string[], replies: readonly ServerReply[], options: StageOptions = {}) {
  const { completions, environment } = await world(replies);
  const stage = createStage({ ...options, environment: { ...environment, ...options.environment } });
  const exitCode = await runProgram(args, stage.surroundings);
  return { exitCode, out: stage.out(), err: stage.err(), asked: completions.requests.length };
}

test("--output writes the answer beside what is shown, and replaces a file only by an answer", async () => {
  const folder = await temporaryFolder();
  const file = join(folder, "answer.md");
  const plain = await run(["Q?"], SAID, { folder });
  for (const [args, shown] of [
    [["-o", "answer.md", "Q?"], plain.out],
    [["-q", `--output=${file}`, "Q?"], ANSWER],
    [["--json", "-oanswer.md", "Q?"], expect.stringMatching(/^\{\n/)],
  ] as const) {
    await writeFile(file, "old");
    expect(await run(args, SAID, { folder })).toMatchObject({ exitCode: 0, out: shown });
    expect(await readFile(file, "utf8")).toBe(ANSWER);
  }
  const refused = { status: 401, ...json({ error: { message: "no" } }) };
  const failed = await run(["-o", "answer.md", "Q?"], [refused], { folder });
  expect(failed).toMatchObject({ exitCode: 1, out: "" });
  expect(failed.err).toContain("answer.md was not written: there is no answer.\n");
  expect(await readFile(file, "utf8")).toBe(ANSWER);
});

test("a file that cannot be written is told before anything is asked", async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, "sub"));
  const locked = join(folder, "locked.md");
  await writeFile(locked, "");
  await chmod(locked, 0o400);
  for (const [name, why] of [
    ["sub", "--output names a folder: sub. Name a file."],
    ["none/x.md", "--output cannot be written: none/x.md (ENOENT)."],
    ...(process.getuid?.() === 0 ? [] : [["locked.md", "--output cannot be written: locked.md (EACCES)."]]),
  ] as const) {
    const { exitCode, err, asked } = await run(["-o", name, "Q?"], SAID, { folder });
    expect({ exitCode, asked }).toEqual({ exitCode: 2, asked: 0 });
    expect(err).toContain(why);
  }
});

test("a mistyped command is no question where nobody can be asked", async () => {
  expect(await run(["serach", "two words", "x"], SAID)).toEqual({
    exitCode: 2,
    out: "",
    err: "There is no command serach. Did you mean: agentic-rag search 'two words' x\nAs a question: agentic-rag ask 'serach two words x'\n",
    asked: 0,
  });
  expect(await run(["thread"], SAID)).toMatchObject({ exitCode: 2, asked: 0 });
});

test("at a terminal it is asked about, and only a no makes it a question", async () => {
  const no = await run(["serach", "x"], SAID, { terminal: true, stdin: "n\n" });
  expect(no).toMatchObject({ exitCode: 0, asked: 2 });
  for (const stdin of ["\n", "y\n"]) {
    const yes = await run(["serach", "x"], SAID, { terminal: true, stdin });
    expect(yes).toMatchObject({ exitCode: 0, asked: 0 });
    expect(yes.out).toContain("tavily found 1 result");
  }
  // Ctrl-D
  expect(await run(["serach", "x"], SAID, { terminal: true })).toMatchObject({ exitCode: 130, asked: 0 });
});

test("an empty argument is no question, and stdin is not read for it", async () => {
  const { exitCode, err, asked } = await run([""], SAID, { stdin: "Another?" });
  expect({ exitCode, err, asked }).toEqual({
    exitCode: 2,
    err: "ask was given an empty argument, such as a variable that is not set.\n",
    asked: 0,
  });
});
