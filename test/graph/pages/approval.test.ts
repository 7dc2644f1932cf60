import { describe, expect, test } from "vitest";
import { thread } from "../agent.ts";
import { asksFor, lastResponse, resume, stateOf } from "../asking.ts";
import { open, paged, responses } from "./paged.ts";

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
});
