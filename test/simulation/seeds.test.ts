import { expect, test } from "vitest";
import { broken } from "./played.ts";

// `npm run simulate` plays more
test("600 seeds break no rule", { timeout: 600_000 }, async () => {
  expect(await broken(1, 600)).toEqual([]);
});
