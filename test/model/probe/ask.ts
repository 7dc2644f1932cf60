import { chooseFamily, missingFor } from "../../../src/model/probe/choice.ts";
import { probeEndpoint, type ProbeOptions } from "../../../src/model/probe/probe.ts";
import { startEndpoint, type EndpointOptions } from "../../servers/endpoint.ts";
import { KEY } from "../key.ts";

/** What is found out about a server, and what follows from it. */
export async function probe(server: EndpointOptions, options: Partial<ProbeOptions> = {}) {
  const endpoint = await startEndpoint(server);
  const report = await probeEndpoint({
    baseUrl: endpoint.url,
    modelName: "QwQ-32B",
    apiKey: KEY,
    ...options,
  });
  const choice = chooseFamily(report);
  const missing = choice.family === null ? [] : missingFor(report, choice);
  return { report, choice, missing, endpoint };
}

/** The list of models of a server that says whose it is. */
export function listOf(owner: string) {
  return { "/v1/models": { data: [{ id: "QwQ-32B", owned_by: owner }] } };
}
