import { createSharedWork } from "../../net/shared-work.ts";
import { isMissing, type JsonClient, type JsonReply } from "./json-client.ts";

/** A client whose questions by GET are asked once, for all who ask: what a server is does not change. */
export function keepAnswers(client: JsonClient): JsonClient {
  const asked = new Map<string, (signal?: AbortSignal) => Promise<JsonReply>>();
  return {
    post: (url, body, signal) => client.post(url, body, signal),
    async get(url, signal) {
      const known =
        asked.get(url) ?? createSharedWork((ended) => client.get(url, ended), { keeps: isAnswer });
      asked.set(url, known);
      try {
        return await known(signal);
      } catch (error) {
        return { kind: "unreachable", error };
      }
    },
  };
}

/** A value, or the word that there is no such route. */
function isAnswer(reply: JsonReply): boolean {
  return reply.kind === "value" ? reply.value !== undefined : isMissing(reply);
}
