import { qwq } from "../../../src/protocol/qwq/qwq.ts";
import { protocolConformance } from "../../conformance/protocol.ts";

protocolConformance(qwq, {
  tags: ["<think>", "</think>", "<tool_call>", "</tool_call>", "<tool_response>", "</tool_response>"],
  quotesTags: true,
  namesTags: true,
});
