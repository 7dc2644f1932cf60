import { OPEN_TOOL_NAME, TOOL_NAME } from "./replay.ts";

const DESCRIPTION =
  "Searches the web. Use it whenever you need a fact that you do not know for certain, or one that may have changed. " +
  "Several queries in one call are searched side by side, and each of them counts as a search.";

/** Plain enough for every provider: Gemini takes no list of types, OpenAI's strict mode no default. */
const PARAMETERS = {
  type: "object",
  properties: {
    query: {
      description: "What you are looking for, or a list of such queries.",
      anyOf: [{ type: "string" }, { type: "array", items: { type: "string" } }],
    },
  },
  required: ["query"],
};

const OPEN_DESCRIPTION =
  "Opens a page and shows its text. Give an address from a source, an opened page or the user; no other one is opened.";

const OPEN_PARAMETERS = {
  type: "object",
  properties: { url: { description: "The address of the page.", type: "string" } },
  required: ["url"],
};

/** The tools as they are offered. */
export function toolsFor({
  pages,
  toolDescription = DESCRIPTION,
}: {
  readonly pages: boolean;
  readonly toolDescription?: string;
}) {
  return [
    toolFor(TOOL_NAME, toolDescription, PARAMETERS),
    ...(pages ? [toolFor(OPEN_TOOL_NAME, OPEN_DESCRIPTION, OPEN_PARAMETERS)] : []),
  ];
}

function toolFor(name: string, description: string, parameters: Readonly<Record<string, unknown>>) {
  return { type: "function", function: { name, description, parameters } } as const;
}
