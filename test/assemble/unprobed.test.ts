import { expect, test } from "vitest";
import { assemble } from "../../src/assemble/assemble.ts";
import { readSettings } from "../../src/settings/settings.ts";
import { doctor } from "../cli/doctor/run.ts";
import { collect, HELLO } from "../model/collect.ts";
import { startEndpoint } from "../servers/endpoint.ts";

const OFF = { AGENTIC_RAG_MODEL_PROBE: "off" };

/** One question over a server that has every route, and what it was asked. */
async function asked(environment: Readonly<Record<string, string>>) {
  const endpoint = await startEndpoint();
  const settings = { AGENTIC_RAG_MODEL_URL: endpoint.url, AGENTIC_RAG_MODEL: "QwQ-32B", ...environment };
  const { model, protocol } = assemble(readSettings(settings));
  const made = typeof model === "function" ? model(protocol) : model;
  await collect(made, {}, HELLO);
  const { family, dialect, reason } = await made.describe();
  return { routes: endpoint.routes(), described: [family, dialect], reason };
}

test.each([
  [{}, "native-tools", "generic", "/chat/completions"],
  [{ AGENTIC_RAG_MODEL_DIALECT: "deepseek" }, "native-tools", "deepseek", "/chat/completions"],
  [{ AGENTIC_RAG_MODEL_DIALECT: "vllm" }, "completions", "vllm", "/completions"],
  [{ AGENTIC_RAG_PROTOCOL: "search-r1" }, "completions", "generic", "/completions"],
  [
    { AGENTIC_RAG_PROTOCOL: "search-r1", AGENTIC_RAG_MODEL_DIALECT: "mistral" },
    "chat-prefix",
    "mistral",
    "/chat/completions",
  ],
])(
  "a server that is never probed is asked the question alone: %o",
  async (environment, family, dialect, path) => {
    const { routes, described, reason } = await asked({ ...OFF, ...environment });
    expect(described).toEqual([family, dialect]);
    expect(reason).toBe("It was not probed, since AGENTIC_RAG_MODEL_PROBE is off.");
    expect(routes.filter((route) => route.startsWith("POST /v1/"))).toEqual([`POST /v1${path}`]);
  },
);

test.each(["completions", "chat-prefix", "native-tools"])(
  "%s: with a family and a dialect that are set, or with none, nothing is tried",
  async (family) => {
    for (const more of [{ AGENTIC_RAG_MODEL_DIALECT: "generic" }, OFF]) {
      const { routes } = await asked({ AGENTIC_RAG_MODEL_FAMILY: family, ...more });
      expect(routes.filter((route) => route.startsWith("POST"))).toHaveLength(1);
    }
  },
);

test("doctor tries the model as a run does, and does not probe it", async () => {
  const endpoint = await startEndpoint();
  const { out } = await doctor({
    ...OFF,
    AGENTIC_RAG_MODEL_URL: endpoint.url,
    AGENTIC_RAG_MODEL: "QwQ-32B",
  });
  expect(out).toContain("ok       model family: not probed, since AGENTIC_RAG_MODEL_PROBE is off\n");
  // the model, and a trial call
  expect(endpoint.routes().filter((route) => route.startsWith("POST"))).toEqual([
    "POST /v1/chat/completions",
    "POST /v1/chat/completions",
  ]);
});
