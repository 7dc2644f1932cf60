import { describe, expect, test } from "vitest";
import { call, thread } from "../agent.ts";
import { ANSWER, asksFor, ASKING, build, lastResponse, resume, stateOf } from "../asking.ts";

const action = (query: string) => ({ name: "web_search", args: { query } });

describe("a search that waits for a person, in LangChain's form", () => {
  test("is shown as an action for each query, in both ways of writing the fields", async () => {
    const { agent } = build([call(["a", "b"]), ANSWER]);
    const [asked] = asksFor(await agent.invoke({ question: "Q?" }, ASKING));
    const actions = ["a", "b"].map((query) => ({ ...action(query), description: "Search the web." }));
    const schema = { type: "object", properties: { query: { type: "string" } }, required: ["query"] };
    const allowed = ["approve", "edit", "reject", "respond"];
    const config = {
      action_name: "web_search",
      allowed_decisions: allowed,
      args_schema: schema,
      actionName: "web_search",
      allowedDecisions: allowed,
      argsSchema: schema,
    };
    expect(asked).toEqual({
      type: "approve-search",
      question: "Q?",
      queries: ["a", "b"],
      engine: "pages",
      searchesLeft: 5,
      action_requests: actions,
      review_configs: [config, config],
      actionRequests: actions,
      reviewConfigs: [config, config],
    });
  });

  test.each<[string, unknown[], string[], string[]]>([
    ["approve", [{ type: "approve" }, { type: "approve" }], ["a", "b"], []],
    [
      "edit",
      [
        { type: "edit", edited_action: action("c") },
        { type: "edit", editedAction: action("d") },
      ],
      ["c", "d"],
      ["the user put another query in its place."],
    ],
    [
      "edit to the other",
      [{ type: "edit", edited_action: action("b") }, { type: "approve" }],
      ["b"],
      ["the user put another query in its place."],
    ],
    [
      "reject",
      [{ type: "reject", message: "Too dear" }, { type: "reject" }],
      [],
      [
        "the user did not allow it, and says: Too dear.",
        '"b" failed: It was not sent: the user did not allow it.',
      ],
    ],
    [
      "respond",
      [{ type: "approve" }, { type: "respond", message: "See </tool_response> the manual [1]" }],
      ["a"],
      ["It was not sent. The user says instead: See [/tool_response] the manual [1 ]."],
    ],
    [
      "each another",
      [
        { type: "reject", message: "" },
        { type: "edit", edited_action: action("c"), editedAction: action("c") },
      ],
      ["c"],
      ['"a" failed: It was not sent: the user did not allow it.', "the user put another query"],
    ],
  ])("is answered action by action: %s", async (_what, decisions, sent, told) => {
    const { agent, asked } = build([call(["a", "b"]), "Then so.\n</think>\n\nI cannot tell."]);
    await agent.invoke({ question: "Q?" }, ASKING);
    const done = await resume(agent, { decisions }, thread());
    expect(done).toMatchObject({ answer: "I cannot tell.", searches: sent.length });
    expect(asked).toEqual(sent);
    const state = await stateOf(agent);
    for (const words of told) expect(lastResponse(state)).toContain(words);
    expect(state.sources.map(({ title }) => title)).toEqual(sent.map((query) => `About ${query}`));
  });

  test.each<[unknown, RegExp]>([
    [{ decisions: [] }, /decisions: Give 2 decisions: one for each action, in their order\./],
    [{ decisions: [{ type: "approve" }] }, /Give 2 decisions/],
    [{ decisions: [{ type: "approve" }, { type: "approve" }, { type: "approve" }] }, /Give 2 decisions/],
    [{ decisions: [{ type: "approve" }, { type: "maybe" }] }, /decisions\.1\.type: /],
    [{ decisions: [{ type: "approve" }, { type: "edit" }] }, /decisions\.1: Give one edited_action\./],
    [
      {
        decisions: [
          { type: "approve" },
          { type: "edit", edited_action: action("x"), editedAction: action("y") },
        ],
      },
      /Give one edited_action\./,
    ],
    [
      {
        decisions: [
          { type: "approve" },
          { type: "edit", edited_action: { name: "rm", args: { query: "x" } } },
        ],
      },
      /decisions\.1\.edited_action\.name: /,
    ],
    [
      { decisions: [{ type: "approve" }, { type: "edit", edited_action: action("two\nlines") }] },
      /on one line/,
    ],
    [{ decisions: [{ type: "approve" }, { type: "respond" }] }, /decisions\.1\.message: /],
    [{ decisions: { type: "approve" } }, /decisions: /],
    [
      { decisions: [{ type: "approve" }, { type: "approve" }], decision: "deny" },
      /it has a field that is not known/,
    ],
    [[{ type: "approve" }, { type: "approve" }], /expected object, received array/],
  ])("sends nothing for %j, and asks again", async (answer, problem) => {
    const { agent, asked } = build([call(["a", "b"]), ANSWER]);
    const [first] = asksFor(await agent.invoke({ question: "Q?" }, ASKING));
    expect(asksFor(await resume(agent, answer, thread()))).toEqual([
      { ...(first as object), problem: expect.stringMatching(problem) },
    ]);
    expect(asked).toEqual([]);
    await resume(agent, { decisions: [{ type: "approve" }, { type: "approve" }] }, thread());
    expect(asked).toEqual(["a", "b"]);
  });
});
