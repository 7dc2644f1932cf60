/** Parses an ISBN; returns undefined where the check digit is wrong. */
export function parseIsbn(text) {
  const digits = text.replace(/[\s-]/g, "");
  if (digits.length !== 13) return undefined;
  // weights alternate between 1 and 3
  const sum = [...digits].reduce((total, digit, at) => total + Number(digit) * (at % 2 === 0 ? 1 : 3), 0);
  return sum % 10 === 0 ? digits : undefined;
}

export const DEFAULT_REGISTRATION_GROUP = "978-3";
