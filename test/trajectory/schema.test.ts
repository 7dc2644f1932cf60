import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { trajectoryJsonSchema, trajectorySchema } from "../../src/trajectory/trajectory.ts";

test("the published schema is that of the code", () => {
  const file = new URL("../../docs/trajectory.schema.json", import.meta.url);
  expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(JSON.parse(JSON.stringify(trajectoryJsonSchema())));
});

test("another version is refused", () => {
  const read = trajectorySchema.safeParse({ format: "agentic-rag-trajectory", version: 2 });
  expect(read.error?.issues.some(({ path }) => path.join() === "version")).toBe(true);
});
