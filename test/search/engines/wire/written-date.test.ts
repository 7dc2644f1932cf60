import { expect, test } from "vitest";
import { readWrittenDate } from "../../../../src/search/engines/wire/written-date.ts";

test.each([
  ["2025-03-06T10:00:00", "2025-03-06"],
  ["Thu, 06 Mar 2025 10:00:00 GMT", "2025-03-06"],
  ["Mar 6, 2025", "2025-03-06"],
  [" March 16, 2025 ", "2025-03-16"],
  ["Sept. 5, 1999", "1999-09-05"],
  ["6 Mar 2025", "2025-03-06"],
  ["31 december 2024", "2024-12-31"],
  ["Feb 30, 2025", undefined],
  ["Mar 0, 2025", undefined],
  ["Mar 66, 2025", undefined],
  ["Mar 2025", undefined],
  ["3 days ago", undefined],
  ["2 hours ago", undefined],
  ["yesterday", undefined],
  ["06.03.2025", undefined],
  ["03/06/2025", undefined],
  ["", undefined],
  [null, undefined],
  [undefined, undefined],
])("reads %j as %j", (value, date) => {
  expect(readWrittenDate(value)).toBe(date);
});
