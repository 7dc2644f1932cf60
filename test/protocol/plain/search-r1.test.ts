import { searchR1 } from "../../../src/protocol/plain/search-r1.ts";
import { protocolConformance } from "../../conformance/protocol.ts";

protocolConformance(searchR1, {
  tags: ["think", "search", "information", "answer"].flatMap((name) => [`<${name}>`, `</${name}>`]),
  quotesTags: false,
  namesTags: false,
});
