import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { describe, expect, onTestFinished, test } from "vitest";
import { createProxyFetch, type Environment } from "../../src/net/proxy.ts";
import { createSearxngEngine } from "../../src/search/engines/searxng.ts";
import { startProxy } from "./proxy-server.ts";
import { json, readFixture } from "../search/engines/wire/http-harness.ts";
import { type Answer, startWireServer, type WireServer } from "../servers/wire-server.ts";

const BASIC = `Basic ${Buffer.from("me:p@ss").toString("base64")}`;

async function startTarget(answer: Answer = json('{"answer":42}')): Promise<WireServer & { port: number }> {
  const server = await startWireServer(answer);
  onTestFinished(() => server.close());
  return Object.assign(server, { port: Number(new URL(server.url).port) });
}

function proxied(environment: Environment, options?: { loopback: boolean }): typeof fetch {
  const made = createProxyFetch(environment, options);
  if (made === undefined) throw new Error("no proxy");
  return made;
}

/** An address where nothing listens any more. */
async function closedUrl(): Promise<string> {
  const gone = await startWireServer(json("{}"));
  await gone.close();
  return gone.url;
}

/** The code that a failed fetch has on its cause. */
async function failureOf(request: Promise<Response>): Promise<unknown> {
  const error: unknown = await request.then(
    () => new Error("answered"),
    (thrown: unknown) => thrown,
  );
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && "code" in cause ? cause.code : error;
}

test.each([
  {},
  { HTTP_PROXY: "", https_proxy: " " },
  { NO_PROXY: "*" },
  { ALL_PROXY: "http://proxy.invalid" },
])("is none for the environment %o", (environment) => {
  expect(createProxyFetch(environment)).toBeUndefined();
});

test("reads no environment but the one it is given", async () => {
  const target = await startTarget();
  const proxy = await startProxy({ targetPort: target.port });
  const script = `
    import { createProxyFetch } from ${JSON.stringify(new URL("../../src/net/proxy.ts", import.meta.url).href)};
    const fetch = createProxyFetch({ https_proxy: "http://127.0.0.1:9" }, { loopback: true });
    console.log(createProxyFetch({}), await (await fetch(${JSON.stringify(target.url)})).json());
  `;
  const address = `http://127.0.0.1:${proxy.port}`;
  const env = { ...process.env, http_proxy: address, HTTP_PROXY: address, no_proxy: "", NO_COLOR: "1" };
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script], { env });
  const [printed, complaints] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close"),
  ]);
  expect({ printed, complaints }).toEqual({ printed: "undefined { answer: 42 }\n", complaints: "" });
  expect(proxy.seen).toEqual([]);
});

test("asks the proxy for http, with the credentials of its address, and brings the whole reply", async () => {
  const target = await startTarget();
  const proxy = await startProxy({ targetPort: target.port });
  const fetch = proxied({ HTTP_PROXY: `http://me:p%40ss@127.0.0.1:${proxy.port}` });
  const reply = await fetch("http://search.invalid/api?q=1", {
    method: "POST",
    headers: { "x-key": "k" },
    body: "q=北京",
  });
  expect({ status: reply.status, value: await reply.json() }).toEqual({ status: 200, value: { answer: 42 } });
  expect(proxy.seen).toEqual([`POST http://search.invalid/api?q=1 ${BASIC}`]);
  expect(target.requests).toMatchObject([
    {
      method: "POST",
      path: "/api?q=1",
      headers: { host: "search.invalid", "x-key": "k", "content-length": "8" },
      body: "q=北京",
    },
  ]);
});

test.each([
  ["https_proxy", {}],
  ["HTTPS_PROXY", {}],
  ["http_proxy", {}],
  ["https_proxy", { HTTPS_PROXY: "http://other.invalid", HTTP_PROXY: "http://other.invalid" }],
])("opens a tunnel through %s for https", async (name, others) => {
  const target = await startTarget();
  const proxy = await startProxy({ targetPort: target.port });
  const fetch = proxied({ ...others, [name]: `me:p%40ss@127.0.0.1:${proxy.port}` });
  // what answers behind the tunnel speaks no TLS
  expect(await failureOf(fetch("https://search.invalid/api"))).toBe("ERR_SSL_WRONG_VERSION_NUMBER");
  expect(proxy.seen).toEqual([`CONNECT search.invalid:443 ${BASIC}`]);
});

test("takes a Request, and a form", async () => {
  const target = await startTarget();
  const proxy = await startProxy({ targetPort: target.port });
  const fetch = proxied({ http_proxy: `http://127.0.0.1:${proxy.port}` });
  await fetch(
    new Request("http://search.invalid/a", { method: "PUT", headers: { "x-a": "1" }, body: "one" }),
  );
  await fetch(new URL("http://search.invalid/b"), {
    method: "POST",
    body: new URLSearchParams({ q: "two" }),
  });
  expect(target.requests).toMatchObject([
    { method: "PUT", path: "/a", headers: { "x-a": "1" }, body: "one" },
    {
      method: "POST",
      path: "/b",
      headers: { "content-type": "application/x-www-form-urlencoded;charset=UTF-8" },
      body: "q=two",
    },
  ]);
  expect(proxy.seen).toEqual(["PUT http://search.invalid/a -", "POST http://search.invalid/b -"]);
});

test("never asks the proxy for this machine, unless told to", async () => {
  const target = await startTarget();
  const proxy = await startProxy({ targetPort: target.port });
  const environment = { http_proxy: `http://127.0.0.1:${proxy.port}`, no_proxy: "example.com" };
  const address = `http://127.0.0.1:${target.port}/here`;
  expect(await (await proxied(environment)(address)).json()).toEqual({ answer: 42 });
  expect(await (await proxied(environment)(address.replace("127.0.0.1", "localhost"))).json()).toEqual({
    answer: 42,
  });
  expect(proxy.seen).toEqual([]);
  await proxied(environment, { loopback: true })(address);
  expect(proxy.seen).toEqual([`GET ${address} -`]);
});

test.each(["127.9.9.9", "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]"])(
  "never asks the proxy for %s",
  async (host) => {
    const target = await startTarget();
    const proxy = await startProxy({ targetPort: target.port });
    const fetch = proxied({ http_proxy: `http://127.0.0.1:${proxy.port}` });
    await failureOf(fetch(`http://${host}:${target.port}/`));
    expect(proxy.seen).toEqual([]);
  },
);

test.each([
  ["127.0.0.1", []],
  [".0.0.1", []],
  ["a.example, *.0.1", []],
  ["127.0.0.1:<port>", []],
  ["a.example,*", []],
  ["127.0.0.1:1", ["asked"]],
  ["7.0.0.1", ["asked"]],
  ["::1,2001:db8::1", ["asked"]],
])("with no_proxy %j the proxy is %j", async (hosts, asked) => {
  const target = await startTarget();
  const proxy = await startProxy({ targetPort: target.port });
  for (const name of ["no_proxy", "NO_PROXY"]) {
    const environment = {
      http_proxy: `http://127.0.0.1:${proxy.port}`,
      [name]: hosts.replace("<port>", String(target.port)),
    };
    expect((await proxied(environment, { loopback: true })(target.url)).status).toBe(200);
  }
  expect(proxy.seen).toEqual(asked.flatMap(() => [`GET ${target.url}/ -`, `GET ${target.url}/ -`]));
});

test("knows an IPv6 address of no_proxy without its brackets", async () => {
  const target = await startTarget();
  const proxy = await startProxy({ targetPort: target.port });
  const environment = { http_proxy: `http://127.0.0.1:${proxy.port}`, no_proxy: "::1" };
  await failureOf(proxied(environment, { loopback: true })(`http://[::1]:${target.port}/`));
  expect(proxy.seen).toEqual([]);
});

describe("what the proxy does wrong", () => {
  test.each([
    ["https", 407, "PROXY_AUTHENTICATION_REQUIRED"],
    ["http", 407, "PROXY_AUTHENTICATION_REQUIRED"],
    ["https", 403, "PROXY_REFUSED"],
    ["https", 502, "PROXY_REFUSED"],
  ])("has a code of its own, for %s and status %i", async (protocol, refusal, code) => {
    const target = await startTarget();
    const proxy = await startProxy({ targetPort: target.port, refusal });
    const fetch = proxied({ http_proxy: `http://127.0.0.1:${proxy.port}` });
    expect(await failureOf(fetch(`${protocol}://search.invalid/`))).toBe(code);
    expect(target.requests).toEqual([]);
  });

  test("is a reply when http is refused in another way", async () => {
    const target = await startTarget();
    const proxy = await startProxy({ targetPort: target.port, refusal: 403 });
    const fetch = proxied({ http_proxy: `http://127.0.0.1:${proxy.port}` });
    expect((await fetch("http://search.invalid/")).status).toBe(403);
  });

  test.each(["http", "https"])("has a code of its own when it is not there, for %s", async (protocol) => {
    expect(await failureOf(proxied({ http_proxy: await closedUrl() })(`${protocol}://search.invalid/`))).toBe(
      "PROXY_UNREACHABLE",
    );
    // a label of more than 63 characters is never asked of a name server
    const nobody = `http://${"x".repeat(64)}.invalid:8`;
    expect(await failureOf(proxied({ http_proxy: nobody })(`${protocol}://search.invalid/`))).toBe(
      "PROXY_UNREACHABLE",
    );
  });

  test("is told by a search engine", async () => {
    const target = await startTarget();
    const proxy = await startProxy({ targetPort: target.port, refusal: 407 });
    const fetch = proxied({ http_proxy: `http://127.0.0.1:${proxy.port}` });
    expect(await createSearxngEngine({ baseUrl: "http://search.invalid", fetch }).search("q")).toEqual({
      status: "failed",
      failure: {
        kind: "misconfigured",
        message:
          "SearXNG at http://search.invalid/search could not be asked: the proxy wants a user name and password, or others (PROXY_AUTHENTICATION_REQUIRED).",
      },
    });
  });
});

test("is what a search engine takes as its fetch", async () => {
  const target = await startTarget(json(readFixture("searxng-found.json")));
  const proxy = await startProxy({ targetPort: target.port });
  const fetch = proxied({ http_proxy: `http://127.0.0.1:${proxy.port}` });
  const engine = createSearxngEngine({ baseUrl: "http://search.invalid", fetch });
  expect(await engine.search("q", { maxResults: 1 })).toMatchObject({
    status: "found",
    results: [{ title: "Hafnium" }],
  });
  expect(proxy.seen).toEqual(["GET http://search.invalid/search?q=q&format=json -"]);
});

test("ends with an AbortError on abort", async () => {
  const target = await startTarget(() => undefined);
  const proxy = await startProxy({ targetPort: target.port });
  const controller = new AbortController();
  const fetch = proxied({ http_proxy: `http://127.0.0.1:${proxy.port}` });
  const reply = fetch("http://search.invalid/", { signal: controller.signal });
  void target.asked.then(() => controller.abort());
  await expect(reply).rejects.toMatchObject({ name: "AbortError" });
});

test.each([
  { HTTP_PROXY: "socks5://me:secret@proxy.example:1080" },
  { HTTP_PROXY: "http://me:secret@" },
  { HTTP_PROXY: "http://me:sec%ret@proxy.example:3128" },
  { HTTP_PROXY: "http://me:secret@proxy example" },
  { HTTP_PROXY: "http://me:secret@proxy.example:port" },
])("refuses %o without showing its credentials", (environment) => {
  let thrown: unknown;
  try {
    createProxyFetch(environment);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toMatchObject({
    name: "AgenticRagError",
    code: "settings-invalid",
    message:
      "The proxy in HTTP_PROXY is not an http(s) address. Write it as in http://proxy.example:3128, with a user name and password as in http://name:password@proxy.example:3128 (special characters as %40), or remove the variable.",
  });
});

describe("a service that is not there is not blamed on a proxy at the same address", () => {
  test("when it is asked directly, as this machine or by no_proxy", async () => {
    const url = await closedUrl();
    const { host, port } = new URL(url);
    expect(await failureOf(proxied({ http_proxy: url })(url))).toBe("ECONNREFUSED");
    for (const no_proxy of ["*", host, "127.0.0.1"]) {
      const fetch = proxied({ http_proxy: url, https_proxy: url, no_proxy }, { loopback: true });
      expect(await failureOf(fetch(url))).toBe("ECONNREFUSED");
      expect(await failureOf(fetch(url.replace("http:", "https:")))).toBe("ECONNREFUSED");
    }
    expect(await failureOf(proxied({ http_proxy: `http://proxy.invalid:${port}` })(url))).toBe(
      "ECONNREFUSED",
    );
  });

  test("when a reply that came through the proxy redirects to it", async () => {
    const url = await closedUrl();
    const target = await startTarget((response) => response.writeHead(302, { location: url }).end());
    const proxy = await startProxy({ targetPort: target.port });
    const fetch = proxied({ http_proxy: `http://127.0.0.1:${proxy.port}` });
    expect(await failureOf(fetch("http://search.invalid/"))).toBe("ECONNREFUSED");
    expect(proxy.seen).toHaveLength(1);
  });
});
