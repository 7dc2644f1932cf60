import { describe } from "vitest";
import { buildPostgresIndex } from "../../../../src/search/local/postgres/postgres.ts";
import { describeDocumentIndex } from "../../../conformance/document-index.ts";
import { NO_POSTGRES } from "../../../servers/postgres.ts";
import { useDatabases } from "./place.ts";

describe.skipIf(NO_POSTGRES !== "")(`PostgreSQL ${NO_POSTGRES}`, () => {
  const { create } = useDatabases();

  describeDocumentIndex("in a database", async () => {
    const { address, open } = await create();
    return { build: (options) => buildPostgresIndex({ ...options, address }), open };
  });
});
