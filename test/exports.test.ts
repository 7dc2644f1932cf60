import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as api from "../src/index.ts";

test("the public names", () => {
  expect(Object.keys(api).sort()).toMatchInlineSnapshot(`
    [
      "AgenticRagChatModel",
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
      "cachedPrefill",
      "chatmlTemplate",
      "createAgenticRag",
      "createAgenticRagChatModel",
      "createBraveEngine",
      "createChatPrefixModel",
      "createChatToolsModel",
      "createCompletionsModel",
      "createDeferredEngine",
      "createDiskCache",
      "createDuckDuckGoEngine",
      "createExaEngine",
      "createFallbackEngine",
      "createGeminiModel",
      "createGgufModel",
      "createHttpApiEngine",
      "createHttpReranker",
      "createJinaEngine",
      "createJinaPageReader",
      "createJournaledEngine",
      "createLangChainEngine",
      "createLocalEngine",
      "createMcpEngine",
      "createMemoryCache",
      "createMessagesModel",
      "createNativeToolsModel",
      "createOfflineModel",
      "createPrefilledChatModel",
      "createProbedModel",
      "createProber",
      "createProxyFetch",
      "createRateLimit",
      "createReplayEngine",
      "createResearchAgent",
      "createResearchTeam",
      "createResearchTool",
      "createResponsesModel",
      "createRetrieverEngine",
      "createScriptedModel",
      "createSearxngEngine",
      "createSerperEngine",
      "createSqliteStore",
      "createTavilyEngine",
      "createToolPageReader",
      "createWebPageReader",
      "createWikipediaEngine",
      "describeServer",
      "driveThread",
      "forgetSearches",
      "indexDocuments",
      "indexFileOf",
      "jinjaTemplate",
      "listModels",
      "openDurability",
      "openIndex",
      "probeEndpoint",
      "protocols",
      "rawTemplate",
      "readSettings",
      "remoteRequest",
      "spansOf",
      "sweepOrphans",
      "toTrajectory",
      "tokenSequences",
      "trajectoryJsonSchema",
      "trajectorySchema",
      "withCache",
      "withRateLimit",
      "withRecording",
      "withReranking",
      "withRetry",
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
