import { open } from "node:fs/promises";
import { AgenticRagError } from "../../errors.ts";
import { startRuntime } from "../../model/gguf/runtime.ts";
import { size } from "../../text/size.ts";
import type { Check } from "./check.ts";

/** The file that is run in this process, its adapter, and what runs it. */
export async function checkGguf(file: string, lora?: string): Promise<readonly Check[]> {
  return [
    await checkFile("gguf file", "AGENTIC_RAG_GGUF", file),
    ...(lora === undefined ? [] : [await checkFile("lora adapter", "AGENTIC_RAG_GGUF_LORA", lora)]),
    await checkLibrary(),
  ];
}

async function checkFile(name: string, setting: string, path: string): Promise<Check> {
  try {
    const file = await open(path, "r");
    try {
      const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 0);
      if (buffer.toString("latin1") !== "GGUF") {
        return { name, status: "failed", message: `${path} is no GGUF file. Correct ${setting}.` };
      }
      const { size: bytes } = await file.stat();
      return { name, status: "ok", message: `${path}, ${size(bytes)}` };
    } finally {
      await file.close();
    }
  } catch (error) {
    const reason = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    return {
      name,
      status: "failed",
      message: `${path} cannot be read (${reason}). Correct ${setting}.`,
    };
  }
}

async function checkLibrary(): Promise<Check> {
  const name = "node-llama-cpp";
  try {
    await startRuntime("auto");
    return { name, status: "ok", message: "is installed and runs here" };
  } catch (error) {
    if (!AgenticRagError.isInstance(error)) throw error;
    return { name, status: "failed", message: error.message };
  }
}
