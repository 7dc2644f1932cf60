import type { CheckedCitation, Evidence } from "./check.ts";
import type { SupportVerdict } from "./support/support.ts";
import { findMarks } from "./marks.ts";
import { plainLine } from "./plain-stream.ts";
import { sentenceSpans } from "../text/sentences.ts";

/** A citation as OpenAI's API gives it. Indices count UTF-16 units, as JavaScript's `slice` does. */
export interface Annotation {
  readonly type: "url_citation";
  readonly url_citation: {
    readonly url: string;
    readonly title: string;
    readonly start_index: number;
    /** Just behind the last character. */
    readonly end_index: number;
    /** The passage of the source that says most of the sentence. */
    readonly cited_text?: string;
    /** How far the source stands behind the sentence. */
    readonly verdict?: SupportVerdict;
  };
}

type Place = Pick<Evidence, "number" | "title" | "url">;

/**
 * The citations of a content as it was sent, in its order. Each spans the mark of a source; where the model was not
 * asked for marks and the content has none, the sentence that a source supports. Only web addresses are annotated.
 */
export function annotationsOf(
  content: string,
  sources: readonly Place[],
  citations: readonly CheckedCitation[],
): readonly Annotation[] {
  const byNumber = new Map<number, Place>();
  for (const source of sources) if (!byNumber.has(source.number)) byNumber.set(source.number, source);
  const open = [...citations];
  const marked = findMarks(content).flatMap(({ start, end, ...mark }) => {
    if (mark.kind !== "numbers") return [];
    return mark.numbers.flatMap((number) => {
      const at = open.findIndex((citation) => citation.known && citation.number === number);
      const [citation] = at < 0 ? [] : open.splice(at, 1);
      return annotation(byNumber.get(number), start, end, citation);
    });
  });
  if (marked.length > 0) return marked;
  const spans = sentenceSpans(content);
  let from = 0;
  return citations.flatMap((citation) => {
    const { known, sentence, ...place } = citation;
    const at = spans.findIndex(
      ({ start, end }, index) => index >= from && oneLine(content.slice(start, end)) === oneLine(sentence),
    );
    const span = known ? spans[at] : undefined;
    if (span === undefined || place.number === null) return [];
    from = at;
    return annotation({ ...place, number: place.number }, span.start, span.end, citation);
  });
}

function annotation(
  place: Place | undefined,
  start: number,
  end: number,
  citation: CheckedCitation | undefined,
): readonly Annotation[] {
  if (place === undefined || !/^https?:\/\//i.test(place.url)) return [];
  const { url, title } = place;
  return [
    {
      type: "url_citation",
      url_citation: {
        url,
        title: plainLine(title) || url,
        start_index: start,
        end_index: end,
        ...(citation !== undefined &&
          citation.citedText !== "" && { cited_text: plainLine(citation.citedText) }),
        ...(citation !== undefined && { verdict: citation.verdict }),
      },
    },
  ];
}

/** Without the signs of code: an answer has them around names that its model wrote without. */
function oneLine(text: string): string {
  return text.replaceAll("`", "").replaceAll(/\s+/g, " ");
}
