import { expect, test } from "vitest";
import { size } from "../../src/text/size.ts";
import { ago, counted, duration } from "../../src/view/amounts.ts";
import { nearestName } from "../../src/cli/terminal/nearest-name.ts";

test("amounts as people read them", () => {
  expect([0, 1, 1234].map((count) => counted(count, "search", "searches"))).toEqual([
    "0 searches",
    "1 search",
    "1,234 searches",
  ]);
  expect([0.4, 99, 100, 812, 9_940, 12_345, 3_600_000].map(duration)).toEqual([
    "0 ms",
    "99 ms",
    "0.1 s",
    "0.8 s",
    "9.9 s",
    "12 s",
    "3,600 s",
  ]);
  expect([999, 1_234, 213_000, 12_345_678].map(size)).toEqual(["999 B", "1.2 kB", "213.0 kB", "12.3 MB"]);
  expect([5_000, 60_000, 7_200_000, 86_400_000].map(ago)).toEqual([
    "just now",
    "1 minute ago",
    "2 hours ago",
    "1 day ago",
  ]);
});

test("the name that was meant, if any is near", () => {
  const names = ["--json", "--engine", "--model", "--model-url"];
  expect(nearestName("--jsno", names)).toBe("--json");
  expect(nearestName("--model_url", names)).toBe("--model-url");
  expect(nearestName("--colour", names)).toBe(undefined);
  expect(nearestName("", [])).toBe(undefined);
});
