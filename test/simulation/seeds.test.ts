import { expect, test } from "vitest";
import { broken } from "./played.ts";

test("1,000 seeds break no rule", { timeout: 600_000 }, async () => {
  expect(await broken(1, 1000)).toEqual([]);
});
