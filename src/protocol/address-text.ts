import { MAX_ADDRESS_LENGTH, MAX_ADDRESSES } from "./limits.ts";
import type { CallReading } from "./protocol.ts";

/** The opening of pages at addresses as the model wrote them: each on one line, neither empty nor too long. */
export function openFor(written: readonly string[]): CallReading {
  const urls = written.map((url) =>
    url
      .replaceAll(/\s+/g, " ")
      .trim()
      .replace(/^<(.*)>$/, "$1")
      .replaceAll(/\p{Cs}/gu, "\u{fffd}"),
  );
  if (urls.length === 0 || urls.includes("")) {
    return { kind: "fault", fault: "missing-field", detail: "The address is empty." };
  }
  if (urls.length > MAX_ADDRESSES) {
    const detail = `A call may open ${MAX_ADDRESSES} pages at most.`;
    return { kind: "fault", fault: "too-long", detail };
  }
  if (urls.some((url) => url.length > MAX_ADDRESS_LENGTH)) {
    const detail = `An address may have ${MAX_ADDRESS_LENGTH} characters at most.`;
    return { kind: "fault", fault: "too-long", detail };
  }
  return { kind: "open", urls };
}
