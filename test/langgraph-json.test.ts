import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { z } from "zod";

const ROOT = new URL("../", import.meta.url);
const schema = z.object({ graphs: z.record(z.string(), z.string()) });
const { graphs } = schema.parse(JSON.parse(readFileSync(new URL("langgraph.json", ROOT), "utf8")));

test.each(Object.entries(graphs))("%s names a file and an export that exist", async (_name, target) => {
  const [file = "", name = ""] = target.split(":");
  const module: Record<string, unknown> = await import(fileURLToPath(new URL(file, ROOT)));
  expect(module[name]).toHaveProperty("invoke");
});
