import { AgenticRagError } from "../errors.ts";
import type { Settings } from "../settings/settings.ts";
import { assemble, type AssembledParts, type AssembleOptions } from "./assemble.ts";

/**
 * The parts of an agent for a server, where others than the operator start runs: no run exceeds the budgets of the
 * settings, and only what they name can be chosen. Its runs keep their steps in `messages`, for chat UIs.
 *
 * @throws AgenticRagError `settings-invalid` as `assemble` does, and where an engine that may be chosen lacks something.
 */
export function assembleServed(settings: Settings, options: AssembleOptions = {}): AssembledParts {
  const parts = assemble(settings, options);
  const { engines = {} } = parts;
  const { engines: names, models } = settings.choosable;
  const lacking =
    settings.search.replay === undefined ? names.filter((name) => !Object.hasOwn(engines, name)) : [];
  if (lacking.length > 0) {
    throw new AgenticRagError(
      "settings-invalid",
      `AGENTIC_RAG_ALLOW_ENGINES names ${lacking.join(" and ")}, which cannot be asked: a key or an address is not set. \`agentic-rag doctor\` says which.`,
    );
  }
  return {
    ...parts,
    engines: Object.fromEntries(Object.entries(engines).filter(([name]) => names.includes(name))),
    models,
    // a client may stop a run before `web-search`, which no node can see
    searchAhead: settings.searchAhead ?? false,
    limits: { stepMessages: true, ...parts.limits },
    ceilings: parts.limits,
  };
}
