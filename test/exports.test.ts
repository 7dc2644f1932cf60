import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as api from "../src/index.ts";

test("the public names", () => {
  expect(Object.keys(api).sort()).toMatchInlineSnapshot(`
    [
      "AgenticRagError",
      "CORPUS_FOLDER",
      "ContinuationModel",
      "Input",
      "Output",
      "QWQ_SAMPLING",
      "RUN_DEFAULTS",
      "SETTINGS",
      "Secret",
      "State",
      "assemble",
      "buildIndex",
      "chatmlTemplate",
      "createAgenticRag",
      "createChatPrefixModel",
      "createCompletionsModel",
      "createDeferredEngine",
      "createGgufModel",
      "createLocalEngine",
      "createNativeToolsModel",
      "createOfflineModel",
      "createRetrieverEngine",
      "createScriptedModel",
      "createSearxngEngine",
      "createTavilyEngine",
      "describeServer",
      "indexDocuments",
      "indexFileOf",
      "jinjaTemplate",
      "listModels",
      "openIndex",
      "probeEndpoint",
      "protocols",
      "rawTemplate",
      "readSettings",
    ]
  `);
});

test("the README's example imports what there is", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const imports = [...readme.matchAll(/import \{([^}]*)\} from "langgraph-agentic-rag"/g)];
  const names = imports
    .flatMap(([, list = ""]) => list.split(",").map((name) => name.trim()))
    .filter((name) => name !== "");
  expect(names.length).toBeGreaterThan(0);
  expect(names.filter((name) => !(name in api))).toEqual([]);
});
