import type { SaidPart } from "../exchange/read-to-end.ts";
import { createResponseReading } from "../native-tools/responses/stream.ts";
import type { ResponsesReport } from "./report.ts";
import { sendProbe, type ProbeTarget } from "./request.ts";

const BODY = {
  input: [
    { type: "message", role: "user", content: "Search the web for the weather in Rome. Use the tool." },
  ],
  // a model that reasons does so before it calls
  max_output_tokens: 1_024,
  stream: true,
  store: false,
  tools: [
    {
      type: "function",
      name: "web_search",
      description: "Searches the web.",
      parameters: { type: "object", properties: { query: { type: "string" } }, required: ["query"] },
      strict: false,
    },
  ],
};

/** Whether there is OpenAI's `/responses`, and takes tools. */
export async function probeResponses(
  target: ProbeTarget,
  reasoning: Readonly<Record<string, unknown>>,
): Promise<ResponsesReport> {
  const body = {
    model: target.modelName,
    ...BODY,
    ...(Object.keys(reasoning).length > 0 && { reasoning }),
  };
  const reply = await sendProbe(target, `${target.baseUrl}/responses`, JSON.stringify(body));
  if (reply.kind !== "answered") {
    const exists = reply.kind === "failed" ? "failed" : reply.missing ? "no" : "yes";
    return { exists, why: reply.words, tools: "refused" };
  }
  const said: SaidPart[] = [];
  try {
    const { read } = createResponseReading();
    for (const value of reply.values) said.push(...read(value, target));
  } catch (error) {
    const why = error instanceof Error ? error.message : "its reply cannot be read";
    return { exists: "yes", why, tools: "refused" };
  }
  if (said.length === 0) return { exists: "no", why: "no reply of the Responses API", tools: "refused" };
  const called = said.some(({ calls }) => calls.length > 0);
  return { exists: "yes", why: "", tools: called ? "called" : "accepted" };
}
