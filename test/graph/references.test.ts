import { describe, expect, test } from "vitest";
import { json } from "../servers/completions.ts";
import { ask, call, served, transcriptText } from "./agent.ts";
import { ANSWER, context, knownPages, open, responses } from "./pages/paged.ts";

describe("nothing points at a text that is not shown", () => {
  const FULL = {
    status: 400,
    ...json({ error: { code: 400, type: "exceed_context_size_error", message: "too long", n_ctx: 1 } }),
  };
  const LONG = "A sentence with words that are only here, so that it counts as one. ".repeat(20).trim();
  const found = () => [{ title: "A", url: "https://example.org/a", content: LONG }];

  test("once responses are cut short, a text is told anew: a found one, a repeated one and a page", async () => {
    const { reader } = knownPages(() => ({ text: LONG }));
    const { agent } = await served(
      [call("a"), FULL, call("b"), call("a"), open("https://example.org/a"), ANSWER],
      found,
      { pageReader: reader },
    );
    const { state } = await ask(agent, "Q?", { context });
    expect(state).toMatchObject({ condensed: 241, stopReason: "answered" });
    for (const response of responses(state)) expect(response).toContain(LONG);
  });

  test("before that, a text is told once", async () => {
    const { agent } = await served([call("a"), call("b"), call("a"), ANSWER], found);
    const { state } = await ask(agent, "Q?", { context: {} });
    expect(transcriptText(state).split(LONG)).toHaveLength(2);
  });
});
