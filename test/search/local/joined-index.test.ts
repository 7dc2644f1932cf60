import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openIndexes } from "../../../src/search/local/local-index.ts";
import { createLocalEngine } from "../../../src/search/local/local.ts";
import { createFolder } from "../temporary-folder.ts";
import { build } from "./index-files.ts";

async function indexOf(files: Readonly<Record<string, string>>): Promise<string> {
  const file = join(createFolder(), "index.db");
  await build({ folder: createFolder(files), file });
  return file;
}

test("several indexes are searched as one: what holds every term first, then the best of each by turns", async () => {
  const large = Object.fromEntries(
    Array.from({ length: 20 }, (_, n) => [`${n}.md`, `# Pump ${n}\n\nThe pump number ${n} runs.`]),
  );
  const index = openIndexes([
    await indexOf({ ...large, "a.png": "" }),
    await indexOf({ "valve.md": "# Valve\n\nThe pump has a red valve.", "b.png": "", "c.zip": "" }),
  ]);
  onTestFinished(() => index.close());
  expect(index.count()).toEqual({ documents: 21, passages: 21 });
  expect(index.notRead()).toEqual({
    leftOut: [
      { kind: ".png", files: 2 },
      { kind: ".zip", files: 1 },
    ],
    problems: [],
  });
  expect(index.find("red valve pump", 3).map(({ title }) => title)[0]).toBe("Valve");
  const titles = index.find("pump", 4).map(({ title }) => title);
  expect(titles).toHaveLength(4);
  expect(titles.slice(0, 2)).toContain("Valve");
  expect(index.find("nothing of it", 3)).toEqual([]);
  const respellings = [{ word: "vlave", as: "valve" }];
  expect(index.respell("Is the vlave red?")).toEqual({ text: "Is the valve red?", respellings });
  const found = await createLocalEngine({ index }).search("vlave pump", { maxResults: 1 });
  expect(found).toMatchObject({ status: "found", results: [{ title: "Valve" }], respellings });
  expect(await createLocalEngine({ index }).search("valve pump")).not.toHaveProperty("respellings");
});
