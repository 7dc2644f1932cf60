import { expect, test } from "vitest";
import { broken } from "./played.ts";

// in a file of its own, which runs beside the first
test("1,000 other seeds break no rule", { timeout: 600_000 }, async () => {
  expect(await broken(1001, 1000)).toEqual([]);
});
