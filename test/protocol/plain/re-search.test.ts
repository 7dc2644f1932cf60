import { reSearch } from "../../../src/protocol/plain/re-search.ts";
import { protocolConformance } from "../../conformance/protocol.ts";

protocolConformance(reSearch, {
  tags: ["think", "search", "result", "answer"].flatMap((name) => [`<${name}>`, `</${name}>`]),
  quotesTags: false,
  namesTags: false,
});
