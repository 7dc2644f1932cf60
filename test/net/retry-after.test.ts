import { expect, test } from "vitest";
import { readRetryAfter } from "../../src/net/retry-after.ts";

const NOW = Date.parse("2025-03-06T10:00:00Z");

test.each([
  [{ "retry-after": "2" }, 2_000],
  [{ "retry-after": " 0 " }, 0],
  [{ "retry-after": "0.5" }, 500],
  [{ "retry-after": "0.0001" }, 1],
  [{ "retry-after-ms": "1500.2", "retry-after": "2" }, 1_501],
  [{ "retry-after-ms": "soon", "retry-after": "2" }, 2_000],
  [{ "retry-after": "Thu, 06 Mar 2025 10:01:00 GMT" }, 60_000],
  [{ "retry-after": "Thursday, 06-Mar-25 10:01:00 GMT" }, 60_000],
  [{ "retry-after": "Thu Mar  6 10:01:00 2025" }, 60_000],
  [{ "retry-after": "Thu, 06 Mar 2025 09:59:00 GMT" }, undefined],
  [{ "retry-after": "Thu, 99 Mar 2025 10:01:00 GMT" }, undefined],
  [{ "retry-after": "2025-03-06T10:01:00Z" }, undefined],
  [{ "retry-after": "1e3" }, undefined],
  [{ "retry-after": "9".repeat(13) }, undefined],
  [{ "retry-after": "-5" }, undefined],
  [{ "retry-after": "" }, undefined],
  [{}, undefined],
])("%o asks to wait %s ms", (headers, wait) => {
  expect(readRetryAfter(new Headers(headers as Record<string, string>), NOW)).toBe(wait);
});
