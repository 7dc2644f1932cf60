import type { PromptMessage } from "../../turn.ts";
import { contentUrl, GOOGLE_KEY_HEADER } from "../server/google.ts";
import { revealed } from "../exchange/request.ts";
import { sendProbe, type ProbeReply, type ProbeTarget } from "./request.ts";

/** One request to Gemini's `streamGenerateContent`. */
export function sendContents(
  target: ProbeTarget,
  messages: readonly PromptMessage[],
  { maxTokens, tool }: { readonly maxTokens: number; readonly tool: object | undefined },
): Promise<ProbeReply> {
  const body = {
    contents: messages.map(({ role, content }) => ({
      role: role === "assistant" ? "model" : "user",
      parts: [{ text: content }],
    })),
    generationConfig: { maxOutputTokens: maxTokens },
    ...(tool !== undefined && { tools: [{ functionDeclarations: [tool] }] }),
  };
  const key = revealed(target.apiKey).trim();
  return sendProbe(
    { ...target, apiKey: undefined },
    contentUrl(target.baseUrl, target.modelName, true),
    JSON.stringify(body),
    key === "" ? {} : { [GOOGLE_KEY_HEADER]: key },
  );
}
