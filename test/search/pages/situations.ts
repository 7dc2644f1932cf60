import { LONG_PAGE_FACT, LONG_PAGE_START } from "../../conformance/page-reader.ts";

function filler(from: number, to: number): string[] {
  return Array.from(
    { length: to - from },
    (_, number) => `Paragraph ${from + number} ${"tells of iron and tin. ".repeat(40)}`,
  );
}

/** Paragraphs of the page that is too long. */
export const LONG_PAGE = [
  `${LONG_PAGE_START} ${"It tells of metals. ".repeat(30)}`,
  ...filler(0, 40),
  `${LONG_PAGE_FACT} ${"So it is told. ".repeat(30)}`,
  ...filler(40, 80),
];
