import { r1Searcher } from "../../../src/protocol/plain/r1-searcher.ts";
import { protocolConformance } from "../../conformance/protocol.ts";

protocolConformance(r1Searcher, {
  tags: [
    ...["think", "answer"].flatMap((name) => [`<${name}>`, `</${name}>`]),
    ...["query", "documents"].flatMap((name) => [`<|begin_of_${name}|>`, `<|end_of_${name}|>`]),
  ],
  quotesTags: false,
  namesTags: false,
});
