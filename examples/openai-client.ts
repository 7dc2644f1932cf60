/** Any client of OpenAI's API against `/v1` of the server (`npm run studio`). */
import OpenAI from "openai";

const baseURL = process.env["AGENTIC_RAG_SERVER"] ?? "http://localhost:2024/v1";
const client = new OpenAI({ baseURL, apiKey: process.env["AGENTIC_RAG_SERVER_KEY"] ?? "none" });

const stream = await client.chat.completions.create({
  model: "agentic-rag",
  messages: [{ role: "user", content: "What is BM25?" }],
  stream: true,
});
for await (const { choices } of stream) process.stdout.write(choices[0]?.delta.content ?? "");
process.stdout.write("\n");
