import { z } from "zod";
import { createHttpEngine, type HttpEngineOptions } from "./wire/http-engine.ts";
import type { FoundResult } from "../outcome.ts";
import type { SearchEngine } from "../engine.ts";
import { RETRIEVER_APIS, type RetrieverApi } from "./retriever-api.ts";

/** Options of a retrieval server as the search-trained models have them. */
export interface RetrieverOptions extends HttpEngineOptions {
  /** Such as `http://127.0.0.1:8000`, with or without the route (`/retrieve`). */
  readonly baseUrl: string;
  /** Whose server it is. Default `search-r1`. */
  readonly api?: RetrieverApi | undefined;
  /** Sent with each request, such as an `authorization` that a proxy in front of it asks for. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

const MAX_TITLE_CHARACTERS = 300;

const documentSchema = z.union([
  z.string(),
  z
    .object({
      title: z.string().nullish(),
      text: z.string().nullish(),
      contents: z.string().nullish(),
      url: z.string().nullish(),
    })
    .refine(({ text, contents }) => typeof (text ?? contents) === "string", "expected text or contents"),
]);
type RetrievedDocument = z.infer<typeof documentSchema>;

const hitSchema = z.union([
  z.object({ document: documentSchema }).transform((hit) => hit.document),
  documentSchema,
]);
const hitsSchema = z.array(hitSchema);
/** One list for each query, a list for the one query, or that with its scores. */
const replySchema = z.union([
  z.object({ result: z.array(hitsSchema).min(1) }).transform(({ result }) => result[0] ?? []),
  z.object({ answers: z.array(hitsSchema).min(1) }).transform(({ answers }) => answers[0] ?? []),
  z.tuple([hitsSchema, z.array(z.number())]).transform(([hits]) => hits),
  hitsSchema,
]);

/**
 * Searches with a retrieval server: of Search-R1, `POST /retrieve`, or of a kindred project. Its documents have no URL
 * unless the corpus gave them one.
 *
 * @throws AgenticRagError `settings-invalid` for a base URL that is none.
 */
export function createRetrieverEngine(options: RetrieverOptions): SearchEngine {
  const api = RETRIEVER_APIS[options.api ?? "search-r1"];
  return createHttpEngine({
    name: "retriever",
    service: "The retriever",
    baseUrl: options.baseUrl,
    route: api.route,
    ...(options.headers && { headers: options.headers, secrets: Object.values(options.headers) }),
    options,
    request: ({ query, maxResults }) => ({ body: api.body(query, maxResults) }),
    schema: replySchema,
    read: (documents) =>
      documents.map((document) =>
        readDocument(typeof document === "string" ? api.clean(document) : document),
      ),
  });
}

function readDocument(document: RetrievedDocument): FoundResult {
  if (typeof document === "string") return splitContents(document);
  const contents = splitContents(document.contents ?? "");
  return {
    title: document.title == null ? contents.title : unquote(document.title),
    url: document.url,
    text: document.text ?? contents.text,
  };
}

/** Contents are `"Title"\ntext`. Where no line could be a title they are all text. */
function splitContents(contents: string): { title: string; text: string } {
  const lineEnd = contents.indexOf("\n");
  const firstLine = lineEnd === -1 ? "" : contents.slice(0, lineEnd).trim();
  if (firstLine === "" || firstLine.length > MAX_TITLE_CHARACTERS) return { title: "", text: contents };
  return { title: unquote(firstLine), text: contents.slice(lineEnd + 1) };
}

function unquote(title: string): string {
  return title.trim().replace(/^"(.*)"$/u, "$1");
}
