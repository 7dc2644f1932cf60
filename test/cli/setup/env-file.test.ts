import { readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { expect, test } from "vitest";
import { changeEnv, lineFor, readEnvFile, writeEnvFile } from "../../../src/cli/setup/env-file.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const BEFORE = `# my settings
export AGENTIC_RAG_MODEL_URL="http://old/v1" # the old one

OTHER='keep
AGENTIC_RAG_MODEL=inside a value
me'
AGENTIC_RAG_MODEL=old
AGENTIC_RAG_MODEL=older
# AGENTIC_RAG_ENGINE=
`;

test("what is there is changed where it stands, the rest stays, what is new comes last", () => {
  const after = changeEnv(BEFORE, {
    AGENTIC_RAG_MODEL_URL: "http://127.0.0.1:8000/v1",
    AGENTIC_RAG_MODEL: "Qwen/QwQ-32B",
    AGENTIC_RAG_ENGINE: "local",
    TAVILY_API_KEY: null,
  });
  expect(after).toBe(`# my settings
AGENTIC_RAG_MODEL_URL=http://127.0.0.1:8000/v1

OTHER='keep
AGENTIC_RAG_MODEL=inside a value
me'
AGENTIC_RAG_MODEL=Qwen/QwQ-32B
# AGENTIC_RAG_ENGINE=
AGENTIC_RAG_ENGINE=local
`);
  expect(changeEnv(after, { AGENTIC_RAG_MODEL: null })).toBe(
    after.replace("AGENTIC_RAG_MODEL=Qwen/QwQ-32B\n", ""),
  );
});

test("an empty file, no end of line, and the line ends of Windows", () => {
  expect(changeEnv("", { A: "1" })).toBe("A=1\n");
  expect(changeEnv("", { A: null })).toBe("");
  expect(changeEnv("B=2", { A: "1" })).toBe("B=2\nA=1\n");
  expect(changeEnv("B=2\r\nA=0\r\n", { A: "1" })).toBe("B=2\r\nA=1\r\n");
});

test.each(["a b", "a#b", "it's", 'say "hi"', `it's "both"`, "$HOME", String.raw`C:\new`, "a=b", "é"])(
  "%s comes back as it was",
  (value) => {
    expect(parseEnv(changeEnv("", { NAME: value }))).toEqual({ NAME: value });
  },
);

test.each(["two\nlines", `'"\``])("%j cannot be written", (value) => {
  expect(() => lineFor("TAVILY_API_KEY", value)).toThrow(
    "The value for TAVILY_API_KEY cannot be written into a .env file: it has a line break, or every kind of quotation mark.",
  );
});

test("the file is readable by its owner only, and a link stays a link", async () => {
  const folder = await temporaryFolder();
  const [real, link] = [join(folder, "real"), join(folder, ".env")];
  expect(await readEnvFile(link)).toBe("");
  await writeFile(real, "A=1\n", { mode: 0o644 });
  await symlink(real, link);
  await writeEnvFile(link, "A=2\n");
  expect(await readFile(real, "utf8")).toBe("A=2\n");
  expect((await stat(real)).mode & 0o777).toBe(0o600);
  await expect(writeEnvFile(join(folder, "none", ".env"), "")).rejects.toMatchObject({
    code: "settings-invalid",
    message: expect.stringContaining("cannot be written (ENOENT)"),
  });
});
