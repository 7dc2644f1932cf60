import { searchO1 } from "../../../src/protocol/plain/search-o1.ts";
import { protocolConformance } from "../../conformance/protocol.ts";

protocolConformance(searchO1, {
  tags: [
    "<think>",
    "</think>",
    ...["query", "result"].flatMap((name) => [`<|begin_search_${name}|>`, `<|end_search_${name}|>`]),
  ],
  quotesTags: false,
  namesTags: false,
});
