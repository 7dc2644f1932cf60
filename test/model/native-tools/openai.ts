import { ChatOpenAI } from "@langchain/openai";
import {
  createNativeToolsModel,
  type NativeToolsModel,
  type NativeToolsOptions,
} from "../../../src/model/native-tools/native-tools.ts";
import { qwqNativeSide } from "./side.ts";
import { KEY } from "../key.ts";

/** The native family over a real ChatOpenAI. */
export function overOpenAi(
  baseUrl: string,
  options: Partial<NativeToolsOptions> & { readonly maxRetries?: number } = {},
): NativeToolsModel {
  const { maxRetries = 0, ...others } = options;
  return createNativeToolsModel({
    side: qwqNativeSide,
    chatModel: ({ maxTokens, sampling, modelName = "qwq" }) =>
      new ChatOpenAI({
        model: modelName,
        apiKey: KEY,
        maxRetries,
        configuration: { baseURL: baseUrl },
        ...(maxTokens !== undefined && { maxTokens }),
        ...(sampling?.temperature != null && { temperature: sampling.temperature }),
      }),
    ...others,
  });
}
