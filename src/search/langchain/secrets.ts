const NAMED_LIKE_A_KEY = /key|token|secret|password|bearer|auth/iu;
const IN_ADDRESS = /([?&](?:api_?key|key|token|access_token|cx)=)[^&\s]+/giu;
const BEARER = /\b(bearer\s+)[\w.~+/=-]{8,}/giu;
/** Shorter values are rather a switch than a key, and would tear holes into every message. */
const MIN_KEY_CHARACTERS = 6;
const LEVELS = 2;

/**
 * Takes keys out of a text: those given, those that the source holds in fields named like one (itself, and the clients
 * and headers in it), and what an address or a header carries as one.
 */
export function createHiding(source: object, given: readonly string[]): (text: string) => string {
  const keys = [...given, ...keysIn(source, LEVELS)]
    .filter((key) => key !== "")
    .toSorted((one, other) => other.length - one.length);
  return (text) =>
    keys
      .reduce((rest, key) => rest.replaceAll(key, "[key]").replaceAll(encodeURIComponent(key), "[key]"), text)
      .replace(IN_ADDRESS, "$1[key]")
      .replace(BEARER, "$1[key]");
}

function keysIn(holder: object, levels: number): readonly string[] {
  return Object.entries(holder).flatMap(([name, value]: [string, unknown]) => {
    if (typeof value === "string") {
      return NAMED_LIKE_A_KEY.test(name) && value.length >= MIN_KEY_CHARACTERS ? [value] : [];
    }
    return levels > 1 && typeof value === "object" && value !== null ? keysIn(value, levels - 1) : [];
  });
}
