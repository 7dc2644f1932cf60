import { describe, expect, test } from "vitest";
import { thread } from "../agent.ts";
import { asksFor, lastResponse, resume, stateOf } from "../asking.ts";
import { open, paged, responses } from "./paged.ts";

const action = (url: string) => ({ name: "open_url", args: { url } });
const edit = (edited: unknown) => ({ decisions: [{ type: "edit", edited_action: edited }] });

describe("pages that wait for a person", () => {
  const asking = { ...thread(), context: { approveSearches: true, maxPages: 2 } as never };
  const [first, second] = ["https://example.org/a", "https://example.org/b"];
  const waiting = async () => {
    const made = paged([open([first, "https://nobody.example/"]), "Well.\n</think>\n\nIt is [1]."]);
    const output = await made.agent.invoke({ question: `What is at ${first} or ${second}?` }, asking);
    return { ...made, output };
  };

  test("are shown, and opened once they approve it; addresses that may not be opened are not among them", async () => {
    const { agent, output, opened } = await waiting();
    expect(asksFor(output)).toMatchObject([
      { type: "approve-pages", question: `What is at ${first} or ${second}?`, urls: [first], pagesLeft: 2 },
    ]);
    expect(opened).toEqual([]);
    expect(await resume(agent, { decision: "approve" }, asking)).toMatchObject({ pages: 1 });
    expect(opened.map(({ url }) => url)).toEqual([first]);
  });

  test("are replaced by others of the web, and by nothing else", async () => {
    const { agent, opened } = await waiting();
    const again = await resume(agent, { decision: "edit", urls: ["file:///etc/passwd"] }, thread());
    expect(asksFor(again)).toMatchObject([
      { problem: expect.stringContaining("urls.0: Give an address that begins with http:// or https://.") },
    ]);
    await resume(agent, { decision: "edit", urls: [second] }, thread());
    expect(opened.map(({ url }) => url)).toEqual([second]);
    expect(responses(await stateOf(agent))[0]).toMatch(
      `"${first}" could not be opened: It was not opened: the user put another page in its place.\n\n`,
    );
  });

  test("are not opened when they deny it", async () => {
    const { agent, opened } = await waiting();
    expect(await resume(agent, { decision: "deny", reason: "Private" }, thread())).toMatchObject({
      pages: 0,
    });
    expect(opened).toEqual([]);
    expect(lastResponse(await stateOf(agent))).toContain(
      `"${first}" could not be opened: It was not sent: the user did not allow it, and says: Private.`,
    );
  });

  const put = `"${first}" could not be opened: It was not opened: the user put another page in its place.`;

  test.each<[string, object, string[], string]>([
    ["approve", { type: "approve" }, [first], ""],
    ["edit", { type: "edit", edited_action: action(second) }, [second], put],
    ["edit, as LangChain.js writes it", { type: "edit", editedAction: action(second) }, [second], put],
    ["reject", { type: "reject", message: "Private" }, [], "the user did not allow it, and says: Private."],
    ["respond", { type: "respond", message: "See at home" }, [], "The user says instead: See at home."],
  ])("are decided on one by one in LangChain's form: %s", async (_what, decision, sent, told) => {
    const { agent, output, opened } = await waiting();
    const allowed = ["approve", "edit", "reject", "respond"];
    expect(asksFor(output)).toMatchObject([
      {
        action_requests: [action(first)],
        review_configs: [
          {
            action_name: "open_url",
            actionName: "open_url",
            allowed_decisions: allowed,
            allowedDecisions: allowed,
          },
        ],
        actionRequests: [action(first)],
        reviewConfigs: [
          {
            action_name: "open_url",
            actionName: "open_url",
            allowed_decisions: allowed,
            allowedDecisions: allowed,
          },
        ],
      },
    ]);
    await resume(agent, { decisions: [decision] }, thread());
    expect(opened.map(({ url }) => url)).toEqual(sent);
    expect(responses(await stateOf(agent))[0]).toContain(told);
  });

  test("are asked for again where an answer is none", async () => {
    const { agent, opened } = await waiting();
    for (const answer of [
      "yes",
      {},
      { decisions: [] },
      { decision: "edit", queries: ["x"] },
      edit({ name: "web_search", args: { query: "x" } }),
      edit(action("javascript:alert(1)")),
      edit(action("https://")),
      edit(action("file:///etc/passwd")),
    ]) {
      const asked = asksFor(await resume(agent, answer, thread()));
      expect(asked).toMatchObject([{ urls: [first], problem: expect.stringContaining("does not fit") }]);
      expect(opened).toEqual([]);
    }
  });
});
