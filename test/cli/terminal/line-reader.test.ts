import { setImmediate } from "node:timers/promises";
import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { createLineReader } from "../../../src/cli/terminal/line-reader.ts";
import { createStage } from "../surroundings.ts";

const CTRL_C = "\u0003";
const CTRL_D = "\u0004";

/** A reader at a terminal, with the keys that are pressed and what the screen was sent. */
function atTerminal() {
  const stage = createStage({ terminal: true });
  const keyboard = Object.assign(new PassThrough(), { isTTY: true });
  let interrupts = 0;
  const reader = createLineReader(
    { ...stage.surroundings, stdin: keyboard },
    { prompt: "> ", onInterrupt: () => (interrupts += 1), history: false },
  );
  const press = async (keys: string): Promise<void> => {
    keyboard.write(keys);
    await setImmediate();
  };
  return { reader, press, screen: stage.out, interrupts: () => interrupts };
}

test("a line is asked for with a prompt", async () => {
  const { reader, press, screen } = atTerminal();
  const line = reader.next();
  await press("Who?\r");
  expect(await line).toBe("Who?");
  expect(reader.interactive).toBe(true);
  expect(screen()).toContain("> ");
});

test("Ctrl-C while an answer is written stops that answer", async () => {
  const { reader, press, interrupts } = atTerminal();
  const line = reader.next();
  await press("Who?\r");
  await line;
  await press(CTRL_C);
  expect(interrupts()).toBe(1);
  const next = reader.next();
  await press("And?\r");
  expect(await next).toBe("And?");
});

test("Ctrl-C at the prompt clears the line, the second one in a row ends", async () => {
  const { reader, press, screen, interrupts } = atTerminal();
  const line = reader.next();
  await press(`not this${CTRL_C}`);
  expect(screen()).toContain("\n(Ctrl-C once more, or Ctrl-D, ends.)\n");
  await press("this\r");
  expect(await line).toBe("this");
  const next = reader.next();
  await press(CTRL_C);
  await press(CTRL_C);
  expect(await next).toBe(null);
  expect(interrupts()).toBe(0);
});

test("Ctrl-D ends", async () => {
  const { reader, press } = atTerminal();
  const line = reader.next();
  await press(CTRL_D);
  expect(await line).toBe(null);
  expect(await reader.next()).toBe(null);
});

test("what is typed while an answer is written shows at the next prompt, not before", async () => {
  const { reader, press, screen } = atTerminal();
  const line = reader.next();
  await press("Who?\r");
  await line;
  const before = screen();
  await press("ahead");
  expect(screen()).toBe(before);
  const next = reader.next();
  expect(screen().slice(before.length)).toContain("> ahead");
  await press("\r");
  expect(await next).toBe("ahead");
});

test("piped lines are read one by one, without a prompt, and kept until they are wanted", async () => {
  const stage = createStage({ stdin: "one\r\ntwo\nthree" });
  const reader = createLineReader(stage.surroundings, { prompt: "> ", onInterrupt: () => undefined });
  expect(reader.interactive).toBe(false);
  expect(await reader.next()).toBe("one");
  await setImmediate();
  expect([await reader.next(), await reader.next(), await reader.next()]).toEqual(["two", "three", null]);
  expect(stage.out() + stage.err()).toBe("");
});

test("a hidden line is read and not shown, and cannot be had again", async () => {
  const { reader, press, screen } = atTerminal();
  const open = reader.next({ prompt: "Name: " });
  await press("Ann\r");
  expect(await open).toBe("Ann");
  const hidden = reader.next({ prompt: "Key: ", hidden: true });
  await press("sk-canary\r");
  expect(await hidden).toBe("sk-canary");
  const shown = reader.next();
  await press("Bob\r");
  expect(await shown).toBe("Bob");
  const again = reader.next({ prompt: "Again: " });
  await press("\u001B[A\u001B[A\r");
  expect(await again).toBe("");
  expect(screen()).toContain("Name: ");
  expect(screen()).toContain("Ann");
  expect(screen()).toContain("Key: ");
  expect(screen()).toContain("Bob");
  expect(screen()).not.toContain("canary");
});
