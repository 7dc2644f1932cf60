import { TOP_LEVEL_DOMAINS } from "./top-level-domains.ts";

// Scripts that are written without spaces begin no word: a stream would hold back whole sentences.
const SPACELESS = String.raw`[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]`;
const LETTER = String.raw`(?!${SPACELESS})[\p{L}\p{M}\p{N}]`;
/** The longest word that is held back, in UTF-16 units; what follows in it is read from its next dot or at sign on. */
const MAX_WORD = 500;
const MAX_PATH = 2_000;

/** Where a name may begin; what stands before the text is for the caller to look at. */
export const NAME_START = `(?<!${LETTER})${LETTER}`;
const WORD = new RegExp(`^(?![._+@-])(?:${LETTER}|[._+@-])+`, "u");
const WITHIN_WORD = new RegExp(`${LETTER}$`, "u");
const PATH = new RegExp(String.raw`[^\s<>[\]"'\x60|\\，。；、）】]{0,${MAX_PATH}}`, "uy");
const LABEL = /[\p{L}\p{M}\p{N}_-]{1,64}/uy;
/** The host of an address of mail, in which some readers take any sign for a letter. */
const MAIL_REST = /(?:(?![<>\x60|｜])[^\p{P}\p{Z}\p{Cc}]|[._-]){0,300}/uy;
const HOST_BEHIND_SLASHES = /^(?:[^/?#@]{1,64}@)?(?:localhost(?![\w.-])|[^/?#@.:]{1,64}\.[^/?#@.:])/u;
/** What stands in every name. */
const NAMED = /\.[^.@]|www\./i;
/** What is taken out, or stands for another sign: the rest of an address of mail may stand behind it. */
const CUTS = /[<![［【|\\&]/;
const ONE_SCRIPT = new RegExp(`^(?:[a-z]+(?=\\P{ASCII})|(?:${SPACELESS})+)`, "iu");
const IPV4 =
  /(?<![\p{L}\p{N}.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![_-]*[\p{L}\p{N}]|\.[\p{L}\p{N}])/u;
const MAIL_HOST = /@[^@]*\.[^.@]+/gu;
const LAST_LABEL = /(?<!\.)\.([\p{L}\p{M}\p{N}_-]+)(?!\.?[\p{L}\p{M}\p{N}_-])/gu;

/** Where a name ends that begins at a place; where it is none, from where to read on; `undecided` while it may go on. */
export type NameFound = { readonly end: number } | number | "undecided";

/**
 * An address without a scheme, which many renderers link by themselves: `host.com`, `host.com:80/path`, `name@host.com`,
 * `192.0.2.1`, `mailto:name@host`; and one of a scheme that only some of them link, `smb://host`. File names like
 * `README.md` are among them: `md` is a country. A path's parts are none: `docs/README.md`.
 *
 * @param before what stands before the word
 */
export function nameAt(text: string, at: number, before: string, final: boolean): NameFound {
  if (isWithinWord(before)) return at + 1;
  const window = text.slice(at, at + MAX_WORD);
  const run = WORD.exec(window)?.[0] ?? "";
  const isWhole = run.length < MAX_WORD;
  if (run.length === window.length && isWhole && !final) return "undecided";
  const cut = Math.max(run.lastIndexOf("."), run.lastIndexOf("@"));
  const word = isWhole ? run + mailRest(text, at, run) : cut < 0 ? run : run.slice(0, cut);
  const end = at + word.length;
  if (end === text.length && word !== run && !final) return "undecided";
  if (isWhole && text.charAt(end) === ":") {
    const found = schemeEnd(text, word, end, final);
    if (found !== undefined) return found;
  }
  if (cut < 0) return at + bareLength(word);
  const name = at + (NAMED.test(word) ? nameLength(word, before === "/") : 0);
  // its rest may stand behind what is taken out
  if (/.@/.test(word) && CUTS.test(text.charAt(end))) return { end };
  if (name === at) return at + bareLength(word);
  return name === end ? withPath(text, end, final) : { end: name };
}

function isWithinWord(before: string): boolean {
  return before !== "" && before !== " " && WITHIN_WORD.test(before);
}

/** What of the host of an address of mail follows the word that it begins in. */
function mailRest(text: string, at: number, word: string): string {
  if (!word.includes("@")) return "";
  MAIL_REST.lastIndex = at + word.length;
  return MAIL_REST.exec(text)?.[0] ?? "";
}

/**
 * The rest of a name behind a sign that is no part of a word: `.com` or `@host.com`, behind a letter of a script without
 * spaces, a sign or what is taken out.
 */
export function nameTailAt(text: string, at: number, before: string, final: boolean): NameFound {
  const isMail = text.charAt(at) === "@";
  const pattern = isMail ? MAIL_REST : LABEL;
  if (at + 1 === text.length) return final ? at + 1 : "undecided";
  if (before === "" || /\s/.test(before) || (before === "." && !isMail)) return at + 1;
  if (isMail && CUTS.test(text.charAt(at + 1))) return { end: at + 1 };
  pattern.lastIndex = at + 1;
  const run = pattern.exec(text)?.[0] ?? "";
  if (at + 1 + run.length === text.length && !final) return "undecided";
  const core = run.replace(/[._-]+$/, "");
  const length = !isMail ? domainLength(core) : /\.[^.]/.test(core) ? core.length : undefined;
  if (length === undefined) return at + 1;
  const end = at + 1 + length;
  return length === run.length ? withPath(text, end, final) : { end };
}

/** `//host/path`, behind anything but a letter, a colon or another slash. */
export function slashesAt(text: string, at: number, before: string, final: boolean): NameFound {
  if (at + 1 === text.length) return final ? at + 1 : "undecided";
  if (text.charAt(at + 1) !== "/") return at + 1;
  if (/[:/]/.test(before) || isWithinWord(before)) return at + 2;
  const end = pathEnd(text, at + 2, final);
  if (end === "undecided") return end;
  return HOST_BEHIND_SLASHES.test(text.slice(at + 2, end)) ? { end: trimmed(text, at, end) } : at + 2;
}

/** How much of a word is a name, 0 for none. `inPath`: it is a part of a path, which only an address of mail is not. */
function nameLength(word: string, inPath: boolean): number {
  if (/(?<![a-z\d])www\./i.test(word)) return bareLength(word);
  const mail = [...word.matchAll(MAIL_HOST)].map(({ index, 0: host }) => index + host.length);
  if (inPath) return Math.max(0, ...mail);
  const address = /\d(?:\.\d+){3}/.test(word) ? IPV4.exec(word) : null;
  const hosts = [...word.matchAll(LAST_LABEL)].map(({ index, 1: label = "" }) => {
    const length = domainLength(label.replace(/[_-]+$/, ""));
    return length === undefined ? 0 : index + 1 + length;
  });
  return Math.max(address === null ? 0 : address.index + address[0].length, ...mail, ...hosts);
}

/** Without signs at its end. */
function bareLength(word: string): number {
  return word.replace(/[._+@-]+$/, "").length;
}

/** How much of a label is a top-level domain: all of it, or what stands before letters of another script. */
function domainLength(label: string): number | undefined {
  return [label, ONE_SCRIPT.exec(label)?.[0] ?? ""].find(isDomain)?.length;
}

function isDomain(label: string): boolean {
  return TOP_LEVEL_DOMAINS.has(label.toLowerCase()) || /^xn--[a-z0-9-]{1,59}$/i.test(label);
}

/** `colon` is where the colon behind a word stands. */
function schemeEnd(text: string, word: string, colon: number, final: boolean): NameFound | undefined {
  const rest = text.slice(colon + 1, colon + 3);
  const isMail = /^(?:mailto|xmpp)$/i.test(word);
  if (!final && (rest === "" || rest === "/")) return "undecided";
  if (rest !== "//" && !isMail) return undefined;
  const end = pathEnd(text, colon + 1, final);
  if (end === "undecided") return end;
  if (isMail && !text.slice(colon, end).includes("@")) return undefined;
  return { end: trimmed(text, colon, end) };
}

/** The end of a name with its port and path. */
function withPath(text: string, from: number, final: boolean): NameFound {
  const [port = ""] = /^:\d{0,5}(?![\p{L}\p{N}])/u.exec(text.slice(from, from + 8)) ?? [];
  if (port !== "" && from + port.length === text.length && !final) return "undecided";
  const at = port.length > 1 ? from + port.length : from;
  if (!/[/?#]/.test(text.charAt(at))) return { end: at };
  const end = pathEnd(text, at, final);
  return end === "undecided" ? end : { end: trimmed(text, at, end) };
}

function pathEnd(text: string, from: number, final: boolean): number | "undecided" {
  PATH.lastIndex = from;
  const length = PATH.exec(text)?.[0].length ?? 0;
  return from + length === text.length && length < MAX_PATH && !final ? "undecided" : from + length;
}

/** Without the sentence's signs at its end. */
function trimmed(text: string, from: number, end: number): number {
  return from + text.slice(from, end).replace(/[.,;:!?)*_~]+$/, "").length;
}
