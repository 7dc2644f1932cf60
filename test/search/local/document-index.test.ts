import { join } from "node:path";
import { buildIndex } from "../../../src/search/local/index-builder.ts";
import { openIndex } from "../../../src/search/local/local-index.ts";
import { describeDocumentIndex } from "../../conformance/document-index.ts";
import { createFolder } from "../temporary-folder.ts";

describeDocumentIndex("in a file", () => {
  const file = join(createFolder(), "index.db");
  return Promise.resolve({
    build: (options) => buildIndex({ ...options, file }),
    open: () => Promise.resolve(openIndex(file)),
  });
});
