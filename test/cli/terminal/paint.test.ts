import { expect, test } from "vitest";
import { createPaint } from "../../../src/cli/terminal/paint.ts";
import { createStage } from "../surroundings.ts";

test.each([
  ["a terminal", true, {}, false, "\u001B[1mx\u001B[22m"],
  ["a pipe", false, {}, false, "x"],
  ["--no-color", true, {}, true, "x"],
  ["NO_COLOR", true, { NO_COLOR: "1" }, false, "x"],
  ["an empty NO_COLOR", true, { NO_COLOR: "" }, false, "\u001B[1mx\u001B[22m"],
  ["a dumb terminal", true, { TERM: "dumb" }, false, "x"],
])("%s", (_name, terminal, environment, noColor, painted) => {
  const { surroundings } = createStage({ terminal });
  expect(createPaint(surroundings.stdout, { environment, noColor }).bold("x")).toBe(painted);
});
