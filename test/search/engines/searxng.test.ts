import { expect, test } from "vitest";
import { createSearxngEngine } from "../../../src/search/engines/searxng.ts";
import { describeHttpSearchEngine } from "../../conformance/search-engine.ts";
import { createHttpHarness, json, readFixture, SECRET } from "./wire/http-harness.ts";
import { startWireServer } from "../../servers/wire-server.ts";

describeHttpSearchEngine(
  createHttpHarness({
    name: "searxng",
    results: [
      {
        title: "Hafnium",
        url: "https://en.wikipedia.org/wiki/Hafnium",
        text: "Hafnium was discovered in 1923.",
        date: "2025-03-06",
      },
      {
        title: "Hafnium - Element information",
        url: "https://www.rsc.org/periodic-table/element/72/hafnium",
        text: "Discovered by George Charles de Hevesy and Dirk Coster.",
      },
    ],
    resultsOfNulls: [{ title: "", url: "https://example.com/a", text: "Only text." }],
    statusKinds: { 403: "misconfigured" },
    create: (baseUrl, options) =>
      createSearxngEngine({ ...options, baseUrl: baseUrl.replace("//", `//me:${SECRET}@`) }),
  }),
);

test("sends exactly this", async () => {
  const server = await startWireServer(json(readFixture("searxng-found.json")));
  await createSearxngEngine({ baseUrl: server.url }).search("C++ & 北京?");
  expect(server.requests).toHaveLength(1);
  expect(server.requests[0]).toMatchObject({
    method: "GET",
    path: "/search?q=C%2B%2B+%26+%E5%8C%97%E4%BA%AC%3F&format=json",
    headers: { accept: "application/json" },
    body: "",
  });
  expect(server.requests[0]!.headers).not.toHaveProperty("authorization");
});

test("sends every option under the name that the API has for it", async () => {
  const server = await startWireServer(json(readFixture("searxng-found.json")));
  const engine = createSearxngEngine({
    baseUrl: `${server.url}/searx/`,
    categories: ["general", "science"],
    engines: ["wikipedia"],
    language: "de-DE",
    timeRange: "month",
    safeSearch: 0,
  });
  await engine.search("q");
  expect(server.requests[0]!.path).toBe(
    "/searx/search?q=q&format=json&categories=general%2Cscience&engines=wikipedia&language=de-DE&time_range=month&safesearch=0",
  );
});

test("sends a user name and password of the base URL as basic auth", async () => {
  const server = await startWireServer(json(readFixture("searxng-found.json")));
  await createSearxngEngine({ baseUrl: server.url.replace("//", "//me:p%40ss@") }).search("q");
  expect(server.requests[0]!.headers.authorization).toBe(
    `Basic ${Buffer.from("me:p@ss").toString("base64")}`,
  );
});

test("names the setting when JSON is switched off", async () => {
  const page = readFixture("searxng-forbidden.html");
  const server = await startWireServer((response) =>
    response.writeHead(403, { "content-type": "text/html" }).end(page),
  );
  expect(await createSearxngEngine({ baseUrl: server.url }).search("q")).toEqual({
    status: "failed",
    failure: {
      kind: "misconfigured",
      status: 403,
      message: `SearXNG at ${server.url}/search answered with HTTP status 403. JSON is switched off there: set \`search: formats: [html, json]\` in its settings.yml, and \`server: limiter: false\` if it serves only you.`,
    },
  });
});

test("takes no results of engines that did not respond for an outage", async () => {
  const server = await startWireServer(json(readFixture("searxng-outage.json")));
  expect(await createSearxngEngine({ baseUrl: server.url }).search("q")).toEqual({
    status: "failed",
    failure: {
      kind: "server-error",
      message:
        "SearXNG found nothing because its engines did not respond (brave: Suspended: too many requests; duckduckgo: timeout). Ask again later, or choose other engines.",
    },
  });
});
