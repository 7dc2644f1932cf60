import type { Content } from "./content-type.ts";
import { failPage, showUrl } from "./page-failure.ts";
import type { PageOptions, PageOutcome } from "./page-reader.ts";
import type { Extraction } from "./extraction.ts";
import { type ExtractionLimits, runExtraction } from "./run-extraction.ts";

/** All that a page shows whose scripts were to put its text there. */
const WAITING =
  /^(?:(?:loading|please wait|one moment|just a moment|wird geladen|bitte warten|einen moment|chargement|veuillez patienter|cargando|por favor,? espere|caricamento|carregando|加载中|请稍候|載入中|請稍候|読み込み中|お待ちください|로딩 중|잠시만 기다려 주세요)[\s.…!]*)+$/iu;

/** Bytes that are to become a page. */
export interface RawPage {
  readonly url: string;
  readonly content: Content;
  readonly bytes: Uint8Array;
  readonly isCut: boolean;
  /** What is known about the page besides its text; it comes first. */
  readonly facts?: Extraction["facts"];
}

const DEFAULT_MAX_BYTES = 8_000;

/** The last step of every reader: text within the limits, or why there is none. */
export async function toPageOutcome(
  raw: RawPage,
  options: PageOptions,
  limits: ExtractionLimits = {},
): Promise<PageOutcome> {
  const maxBytes = options.maxBytes ?? DEFAULT_MAX_BYTES;
  const extracted = await runExtraction(
    { ...raw, query: options.query, maxBytes: maxBytes > 0 ? maxBytes : DEFAULT_MAX_BYTES },
    limits,
    options.signal,
  );
  const shown = showUrl(raw.url);
  if (extracted === "broken") {
    return failPage("unsupported-content", `${shown} is broken or locked. Read another page.`);
  }
  if (extracted === "too-much") {
    return failPage("unsupported-content", `${shown} takes too much time or memory. Read another page.`);
  }
  if (extracted === "no-worker") {
    return failPage(
      "misconfigured",
      `${shown} cannot be turned into text: the thread for it did not run. Check that the package is installed whole, or that its bundler keeps extraction-worker.js.`,
    );
  }
  const { title, text, date, links } = extracted;
  if (text === "" || (raw.content.kind !== "text" && (!/[\p{L}\p{N}]/u.test(text) || WAITING.test(text)))) {
    return failPage(
      "no-text",
      `${shown} shows no text: it may be made of pictures or by scripts. Read another page.`,
    );
  }
  return {
    status: "read",
    page: { url: raw.url, title, text, ...(date === undefined ? {} : { date }), links },
  };
}
