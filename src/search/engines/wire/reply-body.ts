/** Body of a reply as UTF-8 text, or `"too-large"`; the connection is closed as soon as it is. */
export async function readBody(
  reply: Response,
  maxBytes: number,
): Promise<{ readonly text: string } | "too-large"> {
  if (reply.body === null) return { text: "" };
  const decoder = new TextDecoder();
  let bytes = 0;
  let text = "";
  for await (const chunk of reply.body) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) return "too-large";
    text += decoder.decode(chunk, { stream: true });
  }
  return { text: text + decoder.decode() };
}
