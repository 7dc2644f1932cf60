import { describe, expect, test } from "vitest";
import type { GgufLibrary } from "../../../src/model/gguf/library.ts";
import { createGgufModel, type GgufOptions } from "../../../src/model/gguf/gguf.ts";
import { createTinyGguf } from "../../engine/tiny-gguf.ts";
import { chained, loadWatched, modelOfBytes, notHere } from "./here.ts";

const OTHER: string = "node-llama-cpp-that-nobody-installed";

function loadOther(): Promise<GgufLibrary> {
  return import(OTHER) as Promise<GgufLibrary>;
}

test("says what to install where node-llama-cpp is missing", async () => {
  await expect(ask({ modelPath: "model.gguf", load: loadOther })).rejects.toMatchObject({
    code: "dependency-missing",
    message: expect.stringMatching(/ Run: npm install node-llama-cpp@3$/),
  });
});

test("loads nothing before it is asked, and tries again after a failure", async () => {
  let loads = 0;
  const load = (): Promise<GgufLibrary> => {
    loads += 1;
    return Promise.reject(new Error("not yet"));
  };
  const model = createGgufModel({ modelPath: "folder/QwQ-32B-Q4_K_M.gguf", load });
  expect(model.modelName).toBe("QwQ-32B-Q4_K_M");
  expect(loads).toBe(0);
  const requests = [1, 2].map(() => model.continueText([{ role: "user", content: "a" }], {}).next());
  const results = await Promise.allSettled(requests);
  expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(loads).toBe(1);
  await expect(model.invoke("a")).rejects.toMatchObject({ code: "dependency-missing" });
  expect(loads).toBe(2);
  await model.dispose();
});

describe.skipIf(notHere !== "")(`a file that cannot be run${notHere}`, () => {
  const whole = createTinyGguf(chained([]));
  const broken: readonly [name: string, bytes: Uint8Array, reason: string][] = [
    ["of another kind", Buffer.from("This is a text."), "Invalid GGUF magic"],
    ["cut off", whole.subarray(0, 200_000), "data is not within the file bounds"],
    [
      "of no known architecture",
      Buffer.from(whole).fill("lxxxx", whole.indexOf("llama"), whole.indexOf("llama") + 5),
      "unknown model architecture",
    ],
  ];

  test.each(broken)("one %s", async (_name, bytes, reason) => {
    const { model } = modelOfBytes(bytes);
    await expect(model.invoke("a")).rejects.toMatchObject({
      code: "settings-invalid",
      message: expect.stringContaining(reason),
    });
  });

  test.each([broken, broken.toReversed()])(
    "several at once, each with its own reason (%#)",
    async (...files) => {
      const asked = files.map(([, bytes]) => modelOfBytes(bytes).model.invoke("a"));
      const messages = (await Promise.allSettled(asked)).map((result) =>
        result.status === "rejected" ? String(result.reason) : "",
      );
      expect(messages).toEqual(files.map(([, , reason]) => expect.stringContaining(reason)));
    },
  );

  test("one that is not there", async () => {
    await expect(ask({ modelPath: "not-there.gguf", load: loadWatched })).rejects.toMatchObject({
      code: "settings-invalid",
      message: expect.stringMatching(/^The model file not-there\.gguf cannot be loaded: ENOENT/),
    });
  });

  test("one for a GPU whose binary is not installed", async () => {
    const { model } = modelOfBytes(whole, { gpu: "cuda" });
    await expect(model.invoke("a")).rejects.toMatchObject({ code: "dependency-missing" });
  });
});

async function ask(options: GgufOptions): Promise<void> {
  const model = createGgufModel({ threads: 1, gpu: false, ...options });
  await model.continueText([{ role: "user", content: "a" }], {}).next();
}
