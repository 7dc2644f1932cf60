import { Hono } from "hono";
import OpenAI from "openai";
import { openAiRoutes, type OpenAiRoutesOptions } from "../../../src/server/openai/routes.ts";
import { createSlots } from "../../../src/server/slots.ts";
import { serveOnLoopback } from "../serve.ts";

export type OpenAiOptions = Omit<OpenAiRoutesOptions, "slots"> & Partial<Pick<OpenAiRoutesOptions, "slots">>;

export interface OpenAiServer {
  /** Ends in `/v1`. */
  readonly url: string;
  readonly client: OpenAI;
  /** To `/chat/completions`. */
  readonly post: (body: unknown, init?: RequestInit) => Promise<Response>;
  /** To `/responses`. */
  readonly respond: (body: unknown, init?: RequestInit) => Promise<Response>;
}

/** The routes behind a real HTTP server on the loopback, at `/v1`, until the test ends. `x-caller` names who asks. */
export async function startOpenAiServer(options: OpenAiOptions): Promise<OpenAiServer> {
  const app = new Hono<{ Variables: { auth: unknown } }>();
  app.use(async (c, next) => {
    const identity = c.req.header("x-caller");
    if (identity !== undefined) c.set("auth", { user: { identity } });
    await next();
  });
  app.route(
    "/v1",
    openAiRoutes({
      now: () => new Date("2026-11-22T12:00:00Z"),
      slots: createSlots({ total: 8, perCaller: 4 }),
      ...options,
    }),
  );
  const url = `${await serveOnLoopback((request) => app.fetch(request))}/v1`;
  const postTo =
    (path: string) =>
    (body: unknown, init?: RequestInit): Promise<Response> =>
      fetch(url + path, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: typeof body === "string" ? body : JSON.stringify(body),
        ...init,
      });
  return {
    url,
    client: new OpenAI({ baseURL: url, apiKey: "none", maxRetries: 0 }),
    post: postTo("/chat/completions"),
    respond: postTo("/responses"),
  };
}
