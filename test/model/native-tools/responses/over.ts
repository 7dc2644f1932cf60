import {
  createResponsesModel,
  type ResponsesOptions,
} from "../../../../src/model/native-tools/responses/responses.ts";
import { KEY } from "../../key.ts";
import { qwqNativeSide } from "../side.ts";

/** What GPT takes of a sampling. */
export const BARE = { temperature: null, topP: null };

/** The family over its own requests. */
export function over(baseUrl: string, options: Partial<ResponsesOptions> = {}) {
  return createResponsesModel({
    baseUrl,
    modelName: "gpt-5.6",
    apiKey: KEY,
    dialect: "openai",
    side: qwqNativeSide,
    maxRetries: 0,
    ...options,
  });
}
