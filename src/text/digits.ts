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
