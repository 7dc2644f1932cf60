import { expect, test } from "vitest";
import { z } from "zod";
import { type JsonRequest, type Reply, requestJson } from "../../../../src/search/engines/wire/http.ts";
import type { Refusal } from "../../../../src/search/engines/wire/refusal.ts";
import { startWireServer } from "../../../servers/wire-server.ts";

const schema = z.object({ answer: z.number().nullable() });
type Answer = z.infer<typeof schema>;

/** What comes of a reply with that status and body; its address is written `http://test`. */
async function ask(
  status: number,
  body: string,
  hooks: Pick<JsonRequest<Answer>, "statusInBody" | "isAnswer" | "explain">,
): Promise<Reply<Answer>> {
  const server = await startWireServer((response) =>
    response.writeHead(status, { "x-left": "0, 9", "retry-after": "5" }).end(body),
  );
  const url = new URL(`${server.url}/api`);
  const reply = await requestJson({ service: "Test", url, schema, secrets: ["key-1"], ...hooks });
  if (reply.status === "replied") return reply;
  const message = reply.failure.message.replace(server.url, "http://test");
  return { status: "failed", failure: { ...reply.failure, message } };
}

test("shows an engine the status, the headers and the body of a refusal, without secrets", async () => {
  const seen: Refusal[] = [];
  await ask(418, '{"message":"no tea for key-1"}', {
    explain: (refusal) => {
      seen.push(refusal);
      return undefined;
    },
  });
  expect(seen.map(({ headers, ...rest }) => ({ ...rest, left: headers.get("x-left") }))).toEqual([
    {
      status: 418,
      httpStatus: 418,
      body: '{"message":"no tea for [key]"}',
      retryAfterMs: 5_000,
      left: "0, 9",
    },
  ]);
});

test("takes the kind, the advice and the wait from what an engine explains", async () => {
  const retryAfterMs = 7_000;
  expect(
    await ask(429, "", { explain: () => ({ kind: "quota-exceeded", advice: "Buy more.", retryAfterMs }) }),
  ).toEqual({
    status: "failed",
    failure: {
      kind: "quota-exceeded",
      status: 429,
      retryAfterMs,
      message: "Test at http://test/api answered with HTTP status 429. Buy more.",
    },
  });
});

test("gives the advice of the kind and the wait of the header where an engine explains only the kind", async () => {
  expect(await ask(422, "", { explain: () => ({ kind: "server-error" }) })).toEqual({
    status: "failed",
    failure: {
      kind: "server-error",
      status: 422,
      retryAfterMs: 5_000,
      message: "Test at http://test/api answered with HTTP status 422. Ask again later.",
    },
  });
});

test("fails for a refusal that the body of a reply tells, without secrets", async () => {
  const body = '{"answer":1,"message":"no money for key-1"}';
  expect(await ask(200, body, { statusInBody: (text) => (text === body ? 402 : undefined) })).toEqual({
    status: "failed",
    failure: {
      kind: "quota-exceeded",
      status: 200,
      retryAfterMs: 5_000,
      message:
        "Test at http://test/api answered with HTTP status 200 and, in its body, status 402 (no money for [key]). The plan or its credit is used up: raise it, or use another key or engine.",
    },
  });
});

test("reads the reply where no refusal is in it", async () => {
  expect(await ask(200, '{"answer":1}', { statusInBody: () => undefined })).toMatchObject({
    status: "replied",
    value: { answer: 1 },
  });
});

function isAnswer({ status, body }: Refusal): boolean {
  return status === 422 && body.includes("answer");
}

test.each([
  [422, {}],
  [200, { statusInBody: () => 422 }],
])("reads the body of a refusal that is an answer, with HTTP status %i", async (httpStatus, hooks) => {
  expect(await ask(httpStatus, '{"answer":null}', { ...hooks, isAnswer })).toMatchObject({
    status: "replied",
    value: { answer: null },
  });
  expect(await ask(httpStatus, "{}", { ...hooks, isAnswer })).toMatchObject({
    status: "failed",
    failure: { kind: "rejected", status: httpStatus },
  });
});
