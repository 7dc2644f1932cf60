/** How Open WebUI and others keep in a message what a model thought, called and ran. */
const OPEN = /<details\b[^>]*\btype\s*=\s*["']?(?:reasoning|tool_calls|code_interpreter)\b[^>]*>/gi;
const NEXT = /<(\/?)details\b[^>]*>/gi;

/**
 * An answer of an earlier turn without the reasoning that came with it: before `</think>`, and in `<details type="reasoning">`.
 * Such a block that is never closed goes to the end.
 */
export function withoutReasoning(text: string): string {
  return withoutDetails(text.replace(/^[\s\S]*<\/think>/, "")).trim();
}

function withoutDetails(text: string): string {
  let kept = "";
  let from = 0;
  for (const { index, 0: tag } of text.matchAll(OPEN)) {
    if (index < from) continue;
    kept += text.slice(from, index);
    from = endOf(text, index + tag.length);
  }
  return kept + text.slice(from);
}

/** Where a block ends; others may lie in it. */
function endOf(text: string, from: number): number {
  const tags = new RegExp(NEXT);
  tags.lastIndex = from;
  let open = 1;
  for (let tag = tags.exec(text); tag !== null; tag = tags.exec(text)) {
    open += tag[1] === "" ? 1 : -1;
    if (open === 0) return tags.lastIndex;
  }
  return text.length;
}
