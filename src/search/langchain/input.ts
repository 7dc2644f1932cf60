import { z } from "zod";

/** How search tools name the query, the likelier first. */
const QUERY_FIELDS = [
  "query",
  "input",
  "q",
  "question",
  "search_query",
  "searchQuery",
  "keywords",
  "keyword",
  "search",
  "text",
  "term",
];

const jsonSchema = z.object({
  properties: z.record(z.string(), z.unknown()),
  required: z.array(z.string()).optional(),
});

/** A schema of zod 3 or 4. */
interface Parser {
  safeParse(value: unknown): { readonly success: boolean; readonly data?: unknown };
}

/**
 * What a tool with this schema (zod or JSON schema) is to be given for a query: a string, or an object with the query in
 * the field that it has for it. `undefined` when there is none, or when other fields are required.
 */
export function toolInput(schema: unknown, query: string): string | Record<string, string> | undefined {
  if (isParser(schema)) {
    const candidates = [query, ...QUERY_FIELDS.map((field) => ({ [field]: query }))];
    return candidates.find((candidate) => keepsQuery(schema, candidate, query));
  }
  const described = jsonSchema.safeParse(schema).data;
  if (described === undefined) return undefined;
  const { properties, required = [] } = described;
  const field = QUERY_FIELDS.find((name) => name in properties) ?? required[0];
  if (field === undefined || required.some((name) => name !== field)) return undefined;
  return { [field]: query };
}

/** A schema drops the fields that it does not know, without a word. */
function keepsQuery(schema: Parser, candidate: unknown, query: string): boolean {
  try {
    const { success, data } = schema.safeParse(candidate);
    if (!success) return false;
    return (
      data === query || (typeof data === "object" && data !== null && Object.values(data).includes(query))
    );
  } catch {
    return false;
  }
}

function isParser(schema: unknown): schema is Parser {
  return (
    typeof schema === "object" &&
    schema !== null &&
    "safeParse" in schema &&
    typeof schema.safeParse === "function"
  );
}
