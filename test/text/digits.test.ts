import { expect, test } from "vitest";
import { decimalOf } from "../../src/text/digits.ts";

const DECIMAL = /^\p{Nd}$/u;

test.each(Intl.supportedValuesOf("numberingSystem"))("the digits of %s count from 0 to 9", (system) => {
  const numbers = new Intl.NumberFormat(`en-u-nu-${system}`, { useGrouping: false });
  const digits = Array.from({ length: 10 }, (_, value) => numbers.format(value));
  const decimal = digits.every((digit) => DECIMAL.test(digit));
  expect(decimal ? digits.map(decimalOf).join("") : "0123456789").toBe("0123456789");
});

test.each([
  ["\u{116DA}", "0"],
  ["\u{116E3}", "9"],
  ["\u{1D7D8}", "0"],
  ["\u{1D7FF}", "9"],
  ["9", "9"],
  ["३", "3"],
])("%s is %s", (sign, value) => {
  expect(decimalOf(sign)).toBe(value);
});
