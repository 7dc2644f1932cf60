import { expect, onTestFinished, test } from "vitest";
import { createWebPageReader, type WebPageReaderOptions } from "../../../src/search/pages/web.ts";
import type { PageOutcome } from "../../../src/search/pages/page-reader.ts";
import { startWireServer } from "../../servers/wire-server.ts";
import { createSwitchboard, type Switchboard } from "./dialled.ts";

function isWiki(address: string, host: string): boolean {
  return address === "10.1.2.3" && host === "wiki";
}

const PUBLIC = "93.184.216.34";
const LEADS_ASIDE = "its host leads to an address that is not of the public internet";

async function read(
  url: string,
  board: Switchboard,
  options: WebPageReaderOptions = {},
): Promise<PageOutcome> {
  return createWebPageReader({ ...board, ...options }).read(url);
}

function forbidden(shown: string, reason: string): PageOutcome {
  return {
    status: "failed",
    failure: {
      kind: "forbidden-address",
      message: `${shown} is not read: ${reason}. Read another page.`,
    },
  };
}

test.each([
  ["http://2130706433/", "its host is not an address of the public internet"],
  ["http://[::1]/", "its host is not an address of the public internet"],
  ["http://[::ffff:a9fe:a9fe]/", "its host is not an address of the public internet"],
  ["http://localhost/", "its host is a name of the local machine or network"],
  ["file:///etc/passwd", "only http and https addresses are read"],
])("neither looks up nor dials %s", async (url, reason) => {
  const board = createSwitchboard({});
  const outcome = await read(url, board);
  expect(outcome).toMatchObject({ status: "failed", failure: { kind: "forbidden-address" } });
  expect(outcome).toMatchObject({ failure: { message: expect.stringContaining(reason) } });
  expect(board).toMatchObject({ dials: [], lookups: [] });
});

test.each([
  ["a private address", ["10.0.0.1"]],
  ["the metadata service", ["169.254.169.254"]],
  ["a public and a private address", [PUBLIC, "127.0.0.1"]],
  ["a private and a public address", ["192.168.0.1", PUBLIC]],
  ["public IPv4 and local IPv6", [PUBLIC, "::1"]],
  ["IPv4 in IPv6", ["::ffff:127.0.0.1"]],
  ["IPv4 in zeros", ["::127.0.0.1"]],
  ["IPv4 behind NAT64", ["64:ff9b::7f00:1"]],
  ["a scoped address", ["fe80::1%eth0"]],
  ["no address", ["nonsense"]],
])("does not dial a name that stands for %s", async (_, addresses) => {
  const board = createSwitchboard({ "rebind.example": [addresses] });
  expect(await read("https://rebind.example/a?key=1", board)).toEqual(
    forbidden("https://rebind.example/a", LEADS_ASIDE),
  );
  expect(board).toMatchObject({ dials: [], lookups: ["rebind.example"] });
});

test("dials what was judged, and looks a name up once for a connection", async () => {
  const server = await startWireServer((response) => response.writeHead(200).end("<p>Public page.</p>"));
  const board = createSwitchboard({ "rebind.example": [[PUBLIC], ["127.0.0.1"]] }, server.url);
  expect(await read("http://rebind.example/", board)).toMatchObject({ page: { text: "Public page." } });
  expect(board).toMatchObject({
    lookups: ["rebind.example"],
    dials: [{ host: "rebind.example", port: "", addresses: [PUBLIC] }],
  });
});

test("judges anew for each connection: a name that turns private with the redirect", async () => {
  const server = await startWireServer((response) => response.writeHead(302, { location: "/next" }).end());
  const board = createSwitchboard({ "rebind.example": [[PUBLIC], ["127.0.0.1"]] }, server.url);
  expect(await read("http://rebind.example/", board)).toEqual(
    forbidden("http://rebind.example/next", LEADS_ASIDE),
  );
  expect(board.dials).toHaveLength(1);
  expect(server.requests).toHaveLength(1);
});

test.each([
  ["http://127.0.0.1/", "http://127.0.0.1/", "its host is not an address of the public internet"],
  ["http://0x7f.1/", "http://127.0.0.1/", "its host is not an address of the public internet"],
  ["//[::1]/", "http://[::1]/", "its host is not an address of the public internet"],
  ["http://169.254.169.254/latest", "http://169.254.169.254/latest", "its host is not an address"],
  ["https://10.0.0.1/", "https://10.0.0.1/", "its host is not an address of the public internet"],
  ["http://localhost/", "http://localhost/", "its host is a name of the local machine or network"],
  ["http://inside.example/", "http://inside.example/", LEADS_ASIDE],
  ["https://inside.example/", "https://inside.example/", LEADS_ASIDE],
  ["http://u:p@site.example/", "http://site.example/", "it carries a user name or a password"],
  ["http://site.example:8080/", "http://site.example:8080/", "only the ports 80 and 443 are asked"],
  ["file:///etc/passwd", "file:///etc/passwd", "only http and https addresses are read"],
  ["gopher://site.example/", "gopher://site.example/", "only http and https addresses are read"],
])("does not follow a redirect to %s", async (location, shown, reason) => {
  const server = await startWireServer((response) => response.writeHead(301, { location }).end());
  const names = { "site.example": [[PUBLIC]], "inside.example": [["10.0.0.1"]] };
  const board = createSwitchboard(names, server.url);
  const outcome = await read("http://site.example/", board);
  expect(outcome).toMatchObject({
    failure: {
      kind: "forbidden-address",
      message: expect.stringContaining(`${shown} is not read: ${reason}`),
    },
  });
  expect(board.dials.map(({ host }) => host)).toEqual(["site.example"]);
});

test("does not follow a redirect from https to http", async () => {
  const server = await startWireServer((response) =>
    response.writeHead(301, { location: "http://site.example/" }).end(),
  );
  const board = createSwitchboard({ "site.example": [[PUBLIC]] }, server.url);
  expect(await read("https://site.example/", board)).toEqual(
    forbidden("http://site.example/", "a page of an https address redirects to it, and it is not https"),
  );
  expect(board.dials).toHaveLength(1);
});

test("ends a circle of redirects after five hops", async () => {
  const server = await startWireServer((response) => response.writeHead(302, { location: "/" }).end());
  const board = createSwitchboard({ "site.example": [[PUBLIC]] }, server.url);
  expect(await read("http://site.example/", board)).toEqual({
    status: "failed",
    failure: {
      kind: "bad-reply",
      message: "http://site.example/ redirects more than 5 times. Read another page.",
    },
  });
  expect(server.requests).toHaveLength(6);
});

test("follows five redirects, and says where the page really is", async () => {
  const server = await startWireServer((response, { path }) => {
    const hop = Number(path.slice(1));
    if (hop < 5) response.writeHead(308, { location: `http://site${hop}.example/${hop + 1}#part` }).end();
    else response.writeHead(200, { "content-type": "text/plain" }).end("There.");
  });
  const hosts = ["site", "site0", "site1", "site2", "site3", "site4"];
  const board = createSwitchboard(
    Object.fromEntries(hosts.map((host) => [`${host}.example`, [[PUBLIC]]])),
    server.url,
  );
  expect(await read("http://site.example/0", board)).toEqual({
    status: "read",
    page: { url: "http://site4.example/5", title: "5", text: "There.", links: [] },
  });
  expect(board.dials).toHaveLength(6);
});

test("asks for headers anew at each hop, and carries neither these nor cookies over", async () => {
  const server = await startWireServer((response, { headers }) => {
    if (headers.host === "wiki.example") {
      response.writeHead(302, { location: "http://other.example/", "set-cookie": "a=b" }).end();
    } else response.writeHead(200, { "content-type": "text/plain" }).end("Other.");
  });
  const names = { "wiki.example": [[PUBLIC]], "other.example": [[PUBLIC]] };
  const outcome = await read("http://wiki.example/", createSwitchboard(names, server.url), {
    userAgent: "a test",
    headers: ({ host }) => (host === "wiki.example" ? { authorization: "Bearer secret" } : {}),
  });
  expect(outcome.status).toBe("read");
  const [first, second] = server.requests.map(({ headers }) => headers);
  expect(first).toMatchObject({ authorization: "Bearer secret", "user-agent": "a test" });
  expect(second).toEqual({
    host: "other.example",
    connection: "close",
    "user-agent": "a test",
    accept: expect.any(String),
    "accept-language": "*",
    "accept-encoding": "gzip, br",
  });
});

test("reads a private address that the operator allows, and no other", async () => {
  const server = await startWireServer((response) =>
    response.writeHead(200, { "content-type": "text/plain" }).end("Our wiki."),
  );
  const names = { wiki: [["10.1.2.3"]], other: [["10.9.9.9"]] };
  const board = createSwitchboard(names, server.url);
  expect(await read("http://wiki/", board, { allowAddress: isWiki })).toMatchObject({
    page: { text: "Our wiki." },
  });
  expect(await read("http://other/", board, { allowAddress: isWiki })).toEqual(
    forbidden("http://other/", LEADS_ASIDE),
  );
  expect(board.dials.map(({ host }) => host)).toEqual(["wiki"]);
});

test("takes no proxy from the environment", async () => {
  const before = { ...process.env };
  onTestFinished(() => {
    process.env = before;
  });
  const proxy = await startWireServer((response) => response.writeHead(200).end("proxied"));
  for (const name of ["http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy"]) process.env[name] = proxy.url;
  const board = createSwitchboard({ "site.example": [[PUBLIC]] });
  expect(await read("http://site.example/", board)).toMatchObject({ failure: { kind: "unreachable" } });
  expect(board.dials).toHaveLength(1);
  expect(proxy.requests).toEqual([]);
});
