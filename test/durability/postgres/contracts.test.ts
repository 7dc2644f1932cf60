import { deltaChannelHistoryTests, validate } from "@langchain/langgraph-checkpoint-validation";
import type { BaseCheckpointSaver, BaseStore } from "@langchain/langgraph";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Durability } from "../../../src/durability/durability.ts";
import { openPostgresDurability } from "../../../src/durability/postgres/postgres.ts";
import { describeStore } from "../../conformance/store.ts";
import { NO_POSTGRES } from "../../servers/postgres.ts";
import { newSchema, usePostgres } from "./place.ts";

// the official suite finds its test runner there
Object.assign(globalThis, { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it });

describe.skipIf(NO_POSTGRES !== "")(`what LangGraph asks of PostgreSQL ${NO_POSTGRES}`, () => {
  const server = usePostgres();

  describe("checkpoints", () => {
    const opened = new Map<BaseCheckpointSaver, Durability>();
    const postgres: Parameters<typeof validate>[0] = {
      checkpointerName: "in PostgreSQL",
      async createCheckpointer() {
        const durability = await openPostgresDurability(server().url, { schema: newSchema() });
        opened.set(durability.checkpointer, durability);
        return durability.checkpointer;
      },
      async destroyCheckpointer(checkpointer) {
        await opened.get(checkpointer)?.close();
      },
    };
    validate(postgres);
    deltaChannelHistoryTests(postgres);
  });

  describe("the store", () => {
    let durability: Durability | undefined;
    beforeEach(async () => {
      durability = await openPostgresDurability(server().url, { schema: newSchema() });
    });
    afterEach(() => durability?.close());

    describeStore("in PostgreSQL", (): BaseStore => {
      if (durability === undefined) throw new Error("a store is made within a test");
      return durability.store;
    });
  });
});
