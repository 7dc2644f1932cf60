import { z } from "zod";
import { requestHeaders } from "../../model/exchange/request.ts";
import { modelsRequest } from "../../model/probe/models-request.ts";
import type { ServedModelSettings } from "../../settings/settings.ts";
import type { Check } from "./check.ts";

const listSchema = z.object({ data: z.array(z.object({ id: z.string() })) });
/** How a server is reached, and until when. */
export interface Reach {
  readonly fetch?: typeof globalThis.fetch | undefined;
  readonly signal: AbortSignal;
}

const MOST_NAMES = 10;
const LIST_MS = 10_000;

/**
 * Looks for the model's name in the list of its server. A server may go without the list, and may serve names that
 * are not in it: whatever is wrong here is a warning, and the request to the model decides.
 */
export async function checkModelList(
  server: ServedModelSettings,
  { fetch = globalThis.fetch, signal }: Reach,
): Promise<Check> {
  const { baseUrl, name } = server;
  try {
    const { url, apiKey, headers } = modelsRequest(server);
    const response = await fetch(url, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(LIST_MS)]),
      redirect: "manual",
      headers: requestHeaders(apiKey, headers),
    });
    const text = await response.text();
    if (!response.ok)
      return warning(`${baseUrl}/models answers ${response.status}, so the name ${name} is not checked.`);
    const names = readNames(text);
    if (names === undefined) {
      return warning(`${baseUrl}/models does not answer with a list of models. Check AGENTIC_RAG_MODEL_URL.`);
    }
    if (names.includes(name)) return { name: "model list", status: "ok", message: `${name} is served` };
    const shown = names.slice(0, MOST_NAMES).join(", ");
    return warning(
      `${name} is not in the list of ${baseUrl}/models. Set AGENTIC_RAG_MODEL to one of: ${shown === "" ? "(none)" : shown}.`,
    );
  } catch (error) {
    if (signal.aborted) throw error;
    return warning(`${baseUrl}/models cannot be asked, so the name ${name} is not checked.`);
  }
}

function readNames(text: string): readonly string[] | undefined {
  try {
    const read = listSchema.safeParse(JSON.parse(text));
    return read.success ? read.data.data.map(({ id }) => id) : undefined;
  } catch {
    return undefined;
  }
}

function warning(message: string): Check {
  return { name: "model list", status: "warning", message };
}
