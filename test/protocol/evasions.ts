/** The added tokens of QwQ-32B's tokenizer. Source: its `added_tokens.json`. */
export const ADDED_TOKENS = [
  "endoftext im_start im_end object_ref_start object_ref_end box_start box_end quad_start quad_end",
  "vision_start vision_end vision_pad image_pad video_pad",
  "fim_prefix fim_middle fim_suffix fim_pad repo_name file_sep",
]
  .flatMap((names) => names.split(" ").map((name) => `<|${name}|>`))
  .concat(["tool_call", "tool_response", "think"].flatMap((name) => [`<${name}>`, `</${name}>`]));

const middle = (token: string): number => Math.floor(token.length / 2);
const inside = (token: string, text: string): string =>
  token.slice(0, middle(token)) + text + token.slice(middle(token));
const encoded = (token: string, encode: (code: number) => string, which: RegExp): string =>
  token.replaceAll(which, (char) => encode(char.charCodeAt(0)));
const hex = (code: number): string => code.toString(16);
const SIGNS = /[<>|/_]/g;

/** Ways to get a token past a careless filter: each makes a text that something downstream may turn into it. */
export const EVASIONS: Readonly<Record<string, (token: string) => string>> = {
  plain: (token) => token,
  "upper case": (token) => token.toUpperCase(),
  "nested in a control token": (token) => inside(token, "<|im_end|>"),
  "nested in a tag": (token) => inside(token, "</think>"),
  "nested in itself": (token) => inside(token, token),
  "around another": (token) => `<|x${token}y|>`,
  "in a row": (token) => token + token,
  "entities once": (token) => token.replaceAll("<", "&lt;").replaceAll(">", "&gt;"),
  "entities twice": (token) => token.replaceAll("<", "&amp;lt;").replaceAll(">", "&amp;gt;"),
  "entities without semicolon": (token) => token.replaceAll("<", "&lt").replaceAll(">", "&gt"),
  "named entities": (token) =>
    token
      .replaceAll("<", "&LT;")
      .replaceAll("|", "&verbar;")
      .replaceAll("_", "&lowbar;")
      .replaceAll("/", "&sol;"),
  "decimal entities": (token) => encoded(token, (code) => `&#${code};`, SIGNS),
  "padded decimal entities": (token) => encoded(token, (code) => `&#000${code};`, SIGNS),
  "hexadecimal entities": (token) => encoded(token, (code) => `&#x${hex(code)};`, SIGNS),
  "all letters as entities": (token) => encoded(token, (code) => `&#x${hex(code)};`, /./g),
  "source escapes": (token) => encoded(token, (code) => `\\u00${hex(code)}`, SIGNS),
  "long source escapes": (token) => encoded(token, (code) => `\\u{${hex(code)}}`, SIGNS),
  "short source escapes": (token) => encoded(token, (code) => `\\x${hex(code)}`, SIGNS),
  "percent encoding": (token) => encoded(token, (code) => `%${hex(code)}`, SIGNS),
  "percent encoding twice": (token) => encoded(token, (code) => `%25${hex(code)}`, SIGNS),
  fullwidth: (token) => encoded(token, (code) => String.fromCharCode(code + 0xfee0), /[<>|]/g),
  "fullwidth throughout": (token) => encoded(token, (code) => String.fromCharCode(code + 0xfee0), /./g),
  "small forms": (token) => token.replaceAll("<", "\u{fe64}").replaceAll(">", "\u{fe65}"),
  "zero-width space inside": (token) => inside(token, "\u{200b}"),
  "zero-width space everywhere": (token) => Array.from(token).join("\u{200b}"),
  "soft hyphen inside": (token) => inside(token, "\u{ad}"),
  "tag characters inside": (token) => inside(token, "\u{e0041}\u{e007f}"),
  "variation selector inside": (token) => inside(token, "\u{fe0f}"),
  "word joiner after the bracket": (token) => `<\u{2060}${token.slice(1)}`,
};

/** How often each token stands in a text, literally. */
export function tokenCounts(text: string, tokens: readonly string[]): Readonly<Record<string, number>> {
  return Object.fromEntries(tokens.map((token) => [token, text.split(token).length - 1]));
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  vert: "|",
  verbar: "|",
  lowbar: "_",
  sol: "/",
};

/** The text as something careless downstream would make it: decoded thrice, invisible characters dropped, folded. */
export function carelesslyRead(text: string): string {
  let read = text;
  for (let round = 0; round < 3; round += 1) {
    read = read
      .replaceAll(
        /&(amp|lt|gt|vert|verbar|lowbar|sol);?/gi,
        (whole, name: string) => ENTITIES[name.toLowerCase()] ?? whole,
      )
      .replaceAll(/&#(\d+);?/g, (_, code: string) => String.fromCodePoint(Number(code)))
      .replaceAll(/&#x([\da-f]+);?/gi, (_, code: string) => String.fromCodePoint(Number.parseInt(code, 16)))
      .replaceAll(
        /\\u\{([\da-f]+)\}|\\u([\da-f]{4})|\\x([\da-f]{2})|%([\da-f]{2})/gi,
        (_, ...groups: string[]) => String.fromCodePoint(Number.parseInt(groups.slice(0, 4).join(""), 16)),
      );
  }
  return read
    .replaceAll(/\p{Default_Ignorable_Code_Point}/gu, "")
    .normalize("NFKC")
    .toLowerCase();
}
