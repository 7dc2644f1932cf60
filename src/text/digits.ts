/** Digits and signs of other scripts as ASCII, each one code unit where it was, so that indices stay. */
export function asciiDigits(text: string): string {
  return text.replaceAll(/[٠-٩۰-۹०-९０-９٫٬٪．，％﹪−–—‑]/gu, (sign) => {
    const code = sign.charCodeAt(0);
    for (const zero of ZEROS) if (code >= zero && code < zero + 10) return String(code - zero);
    return SIGNS[sign] ?? sign;
  });
}

/** Where the ten digits of a script begin: Arabic-Indic, Persian, Devanagari, full width. */
const ZEROS = [0x660, 0x6f0, 0x966, 0xff10] as const;

const SIGNS: Readonly<Record<string, string>> = {
  "٫": ".",
  "٬": ",",
  "٪": "%",
  "．": ".",
  "，": ",",
  "％": "%",
  "﹪": "%",
  "−": "-",
  "–": "-",
  "—": "-",
  "‑": "-",
};

/**
 * Of a decimal digit of any script, `0` to `9`. The ten digits of a script stand side by side, in their order, and so do the
 * digits of scripts that are neighbours.
 */
export function decimalOf(sign: string): string {
  const code = sign.codePointAt(0) ?? 0;
  let first = code;
  while (/\p{Nd}/u.test(String.fromCodePoint(first - 1))) first -= 1;
  return String((code - first) % 10);
}
