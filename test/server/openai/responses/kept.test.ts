import OpenAI from "openai";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startOneServer, type Held, type OneServer } from "../../one-server.ts";
import { ask, KEYS } from "../../visitors.ts";

let server: OneServer;
let alice: OpenAI;
let bob: OpenAI;

beforeAll(async () => {
  server = await startOneServer("langgraph.production.json");
  const client = (apiKey: string) => new OpenAI({ baseURL: `${server.url}/v1`, apiKey, maxRetries: 0 });
  alice = client(KEYS.alice);
  bob = client(KEYS.bob);
}, 90_000);

afterAll(() => server?.close());

const released = (): Held => {
  const held = server.ask();
  held.release();
  return held;
};
const asking = ({ question }: Held, more: object = {}) => ({
  model: "agentic-rag",
  input: question,
  ...more,
});

test("a response is kept for its owner, gone on with by its id or by those of its items, and deleted", async () => {
  const first = released();
  const kept = await alice.responses.create(asking(first, { instructions: "Be brief." }));
  expect([kept.status, kept.output_text]).toEqual(["completed", first.answer]);
  expect(await alice.responses.retrieve(kept.id)).toEqual(kept);

  const second = released();
  const stream = alice.responses.stream(asking(second, { previous_response_id: kept.id }));
  const next = await stream.finalResponse();
  expect([next.output_text, next.previous_response_id]).toEqual([second.answer, kept.id]);
  const third = released();
  const references = [...kept.output, ...next.output].map(({ id }) => ({
    type: "item_reference" as const,
    id: id ?? "",
  }));
  const input = [...references, { role: "user" as const, content: third.question }];
  expect((await alice.responses.create({ ...asking(third), input })).output_text).toBe(third.answer);

  for (const mine of [
    bob.responses.retrieve(kept.id),
    bob.responses.delete(kept.id),
    bob.responses.create(asking(first, { previous_response_id: kept.id })),
    bob.responses.create({ ...asking(first), input }),
  ])
    await expect(mine).rejects.toMatchObject({ status: 404 });
  const strangers = await ask(server.url, { method: "GET", path: `/v1/responses/${kept.id}` });
  expect(strangers.status).toBe(401);

  await alice.responses.delete(kept.id);
  await expect(alice.responses.retrieve(kept.id)).rejects.toThrow(`Response with id '${kept.id}' not found.`);
  const gone = alice.responses.create(asking(first, { previous_response_id: kept.id }));
  await expect(gone).rejects.toThrow(`404 Previous response with id '${kept.id}' not found.`);
  // what went on from it has its own copy of the conversation
  const fourth = released();
  const after = await alice.responses.create(asking(fourth, { previous_response_id: next.id }));
  expect(after.output_text).toBe(fourth.answer);
});

test("store: false keeps nothing", async () => {
  const { id, store } = (await alice.responses.create(asking(released(), { store: false }))) as {
    id: string;
    store?: boolean;
  };
  expect(store).toBe(false);
  await expect(alice.responses.retrieve(id)).rejects.toMatchObject({ status: 404 });
});

test("a client that leaves in the middle of the answer ends the run", async () => {
  const held = server.ask();
  const stream = await alice.responses.create({ ...asking(held), stream: true });
  for await (const event of stream) if (event.type === "response.output_text.delta") break;
  expect(await held.end(2000)).toBe("closed");
});
