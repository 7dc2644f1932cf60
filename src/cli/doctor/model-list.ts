import { AgenticRagError } from "../../errors.ts";
import { listModels } from "../../model/completions/describe.ts";
import type { ServedModelSettings } from "../../settings/settings.ts";
import type { Check } from "./check.ts";

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
  { baseUrl, name, dialect, apiKey }: ServedModelSettings,
  { fetch, signal }: Reach,
): Promise<Check> {
  const check = { name: "model list", status: "warning" } as const;
  try {
    const models = await listModels({
      baseUrl,
      dialect,
      signal,
      timeoutMs: LIST_MS,
      ...(apiKey !== undefined && { apiKey }),
      ...(fetch !== undefined && { fetch }),
    });
    const names = models.map(({ id }) => id);
    if (names.includes(name)) return { ...check, status: "ok", message: `${name} is served` };
    const shown = names.length === 0 ? "(none)" : names.slice(0, MOST_NAMES).join(", ");
    const advice = `Set AGENTIC_RAG_MODEL to one of: ${shown}.`;
    return { ...check, message: `${name} is not in the list of ${baseUrl}/models. ${advice}` };
  } catch (error) {
    if (signal.aborted || !AgenticRagError.isInstance(error)) throw error;
    return { ...check, message: `The name ${name} is not checked: ${error.message}` };
  }
}
