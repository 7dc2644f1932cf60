import { z } from "zod";
import { throwIfAborted } from "../../net/abort.ts";
import { readEndpoint } from "../engines/wire/endpoint.ts";
import { type HttpOptions, requestJson } from "../engines/wire/http.ts";
import { explainJina, readJinaStatus } from "../engines/jina-refusal.ts";
import { readWrittenDate } from "../engines/wire/written-date.ts";
import type { Explanation, Refusal } from "../engines/wire/refusal.ts";
import { type AddressRules, judgeUrl } from "./address.ts";
import { explainPageStatus, failPage, refusePage } from "./page-failure.ts";
import { toPageOutcome } from "./page-outcome.ts";
import type { PageReader } from "./page-reader.ts";

/** Options of Jina Reader (https://r.jina.ai), which renders pages in a browser and sends them as Markdown. */
export interface JinaPageReaderOptions extends HttpOptions, AddressRules {
  /** Without a key the service allows few pages a minute. */
  readonly apiKey?: string;
  /** Default `https://r.jina.ai`. */
  readonly baseUrl?: string;
}

const SERVICE = "Jina Reader";
const DEFAULT_DEADLINE_MS = 30_000;

const links = z
  .union([
    z.array(z.tuple([z.string(), z.string()])).transform((pairs) => pairs.map(([, url]) => url)),
    z.record(z.string(), z.string()).transform((urls) => Object.values(urls)),
  ])
  .catch([]);

const replySchema = z.object({
  data: z.object({
    title: z.string().nullish(),
    url: z.string().nullish(),
    content: z.string().nullish(),
    publishedTime: z.string().nullish(),
    links: links.optional(),
    warning: z.string().nullish(),
  }),
});

/**
 * Reads pages with Jina Reader: the service is told the address, so that one of the local network is not sent.
 *
 * @throws AgenticRagError `settings-invalid` for a base URL that is none.
 */
export function createJinaPageReader(options: JinaPageReaderOptions = {}): PageReader {
  const apiKey = options.apiKey?.trim() ?? "";
  const endpoint = readEndpoint(SERVICE, options.baseUrl ?? "https://r.jina.ai", "");
  return {
    name: "jina",
    async read(address, pageOptions = {}) {
      const { signal } = pageOptions;
      throwIfAborted(signal);
      const decision = judgeUrl(address, options);
      if ("refused" in decision) return refusePage(address, decision.refused);
      const asked = decision.allowed.href;
      const reply = await requestJson({
        ...options,
        deadlineMs: options.deadlineMs ?? DEFAULT_DEADLINE_MS,
        service: SERVICE,
        url: endpoint.url,
        headers: {
          ...endpoint.headers,
          ...(apiKey === "" ? {} : { authorization: `Bearer ${apiKey}` }),
          "x-retain-images": "none",
          "x-with-links-summary": "all",
        },
        body: { url: asked },
        schema: replySchema,
        statusInBody: readJinaStatus,
        explain: explainReading,
        secrets: [apiKey, ...endpoint.secrets],
        signal,
      });
      throwIfAborted(signal);
      if (reply.status === "failed") {
        const { kind, message, status } = reply.failure;
        return failPage(kind, message, status);
      }
      const { data } = reply.value;
      const refused = readTargetStatus(data.warning);
      if (refused !== undefined) return explainPageStatus(asked, refused);
      return toPageOutcome(
        {
          url: readUrl(data.url ?? asked, options) ?? asked,
          content: { kind: "markdown", charset: "utf-8" },
          bytes: Buffer.from(data.content ?? ""),
          isCut: false,
          facts: {
            title: data.title ?? "",
            date: readWrittenDate(data.publishedTime),
            links: data.links ?? [],
          },
        },
        pageOptions,
      );
    },
  };
}

/** Jina reads a page whose server refuses it all the same, and only warns. */
const TARGET_STATUS = /\breturned error ([45]\d\d)\b/u;

function readTargetStatus(warning: string | null | undefined): number | undefined {
  const status = TARGET_STATUS.exec(warning ?? "")?.[1];
  return status === undefined ? undefined : Number(status);
}

/** Where Jina says that the page was, if that is an address that may be asked. */
function readUrl(url: string, rules: AddressRules): string | undefined {
  const decision = judgeUrl(url, rules);
  return "allowed" in decision ? decision.allowed.href : undefined;
}

function explainReading(refusal: Refusal): Explanation | undefined {
  if (refusal.status === 422) return { kind: "rejected", advice: "Jina cannot open it: read another page." };
  if (refusal.status === 451) {
    return {
      kind: "rejected",
      advice: "Jina does not read it, for legal or safety reasons: read another page.",
    };
  }
  return explainJina(refusal);
}
