import { expect, test } from "vitest";
import { isMonthName, monthOf } from "../../src/citation/support/figures/month-names.ts";

const LOCALES = ["en", "de", "fr", "es", "it", "pt", "nl", "pl", "ru", "tr", "ar", "he", "id"];

test.each(LOCALES)("the months are known as %s calls them", (locale) => {
  const format = new Intl.DateTimeFormat(`${locale}-u-ca-gregory`, { month: "long", timeZone: "UTC" });
  const names = Array.from({ length: 12 }, (_, month) => format.format(Date.UTC(2024, month, 15)));
  expect(names.map(monthOf)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
});

test.each([
  ["MÄRZ", 3],
  ["Jan", 1],
  ["stycznia", 1],
  ["במאי", 5],
  ["maybe", undefined],
  ["be", undefined],
])("%s is month %s", (word, month) => {
  expect(monthOf(word)).toBe(month);
});

test("with a preposition before it, a word is no name by itself", () => {
  expect([isMonthName("May"), isMonthName("מאי"), isMonthName("במאי")]).toEqual([true, true, false]);
});
