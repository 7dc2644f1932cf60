import { unicodeNormalised } from "./match.ts";

/**
 * How many of the documents that hold an answer were retrieved. Documents are named by title or address; an article of
 * Wikipedia is the same under both. Undefined where none are named.
 */
export function evidenceFound(
  evidence: readonly string[] | undefined,
  sources: readonly { readonly title: string; readonly url: string }[],
): { readonly found: number; readonly known: number } | undefined {
  const wanted = [...new Set(evidence)];
  if (wanted.length === 0) return undefined;
  const retrieved = new Set(sources.flatMap(({ title, url }) => [...namesOf(title), ...namesOf(url)]));
  const found = wanted.filter((name) => namesOf(name).some((one) => retrieved.has(one))).length;
  return { found, known: wanted.length };
}

/** Under which names a title or an address is the same document. */
function namesOf(name: string): readonly string[] {
  if (!/^https?:\/\//i.test(name)) {
    const title = unicodeNormalised(name.replace(/\s+[-–—|·]\s+Wikipedia.*$/u, ""));
    return title === "" ? [] : [`title ${title}`];
  }
  const address = decoded(name.replace(/#.*$/s, "").replace(/^https?:\/\/(?:www\.|m\.)?/i, ""));
  const [host = "", ...path] = address.replace(/\/+$/, "").split("/");
  const article = /(?:^|\.)wikipedia\.org$/i.test(host) && path[0] === "wiki" ? path.slice(1).join("/") : "";
  const title = unicodeNormalised(article.replaceAll("_", " "));
  const plain = [host.toLowerCase(), ...path].join("/");
  return title === "" ? [`address ${plain}`] : [`address ${plain}`, `title ${title}`];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
