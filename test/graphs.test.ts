import { afterEach, expect, test, vi } from "vitest";

afterEach(() => {
  vi.unstubAllEnvs();
  vi.resetModules();
});

test("a model that cannot be led through Search-R1 stops no server: the first run of that graph says so", async () => {
  vi.stubEnv("AGENTIC_RAG_MODEL_URL", "http://127.0.0.1:9/v1");
  vi.stubEnv("AGENTIC_RAG_MODEL", "some-chat");
  vi.stubEnv("AGENTIC_RAG_MODEL_FAMILY", "native-tools");
  const { graph } = await import("../graphs/search-r1.ts");
  await expect(graph.invoke({ question: "Q?" })).rejects.toMatchObject({
    code: "settings-invalid",
    message: expect.stringContaining("The protocol search-r1 cannot be spoken over native tools."),
  });
});
