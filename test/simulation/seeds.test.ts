import { expect, test } from "vitest";
import { broken } from "./played.ts";

// `npm run simulate` plays more
test("2,000 seeds break no rule", { timeout: 600_000 }, async () => {
  expect(await broken(1, 2000)).toEqual([]);
});
