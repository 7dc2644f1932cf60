import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { z } from "zod";
import { OPEN, ROUTES } from "../routes.ts";

/** Who a door answers on langgraph.production.json. */
type Judgement =
  /** Everybody, without a key. */
  | "open"
  /** Whoever has a key; it shows or makes nothing of another user. */
  | "key"
  /** The owner of the thread, the run or the part of the store. */
  | "owner"
  /** Nobody. */
  | "refused";

/** Every door of the installed server. One that is not here fails the test until it is judged, and has its row in the walks. */
const JUDGED: Readonly<Record<string, Judgement>> = {
  "GET /ok": "open",
  "GET /info": "key",
  "POST /internal/truncate": "refused",
  "POST /ui/:agent": "key",
  "GET /ui/:agent/:basename": "key",
  "POST /assistants": "refused",
  "POST /assistants/search": "key",
  "POST /assistants/count": "key",
  "GET /assistants/:assistant_id": "key",
  "DELETE /assistants/:assistant_id": "refused",
  "PATCH /assistants/:assistant_id": "refused",
  "GET /assistants/:assistant_id/graph": "key",
  "GET /assistants/:assistant_id/schemas": "key",
  "GET /assistants/:assistant_id/subgraphs/:namespace?": "key",
  "POST /assistants/:assistant_id/latest": "refused",
  "POST /assistants/:assistant_id/versions": "key",
  "POST /runs/crons": "refused",
  "POST /runs/crons/search": "refused",
  "DELETE /runs/crons/:cron_id": "refused",
  "POST /threads/:thread_id/runs/crons": "refused",
  "GET /runs/:run_id/stream": "refused",
  "POST /runs/stream": "key",
  "POST /runs/wait": "key",
  "POST /runs": "key",
  "POST /runs/batch": "key",
  "GET /threads/:thread_id/runs": "owner",
  "POST /threads/:thread_id/runs": "owner",
  "POST /threads/:thread_id/runs/stream": "owner",
  "POST /threads/:thread_id/runs/wait": "owner",
  "GET /threads/:thread_id/runs/:run_id": "owner",
  "DELETE /threads/:thread_id/runs/:run_id": "owner",
  "GET /threads/:thread_id/runs/:run_id/join": "owner",
  "GET /threads/:thread_id/runs/:run_id/stream": "owner",
  "POST /threads/:thread_id/runs/:run_id/cancel": "owner",
  "POST /threads": "key",
  "POST /threads/search": "key",
  "POST /threads/count": "key",
  "GET /threads/:thread_id": "owner",
  "DELETE /threads/:thread_id": "owner",
  "PATCH /threads/:thread_id": "owner",
  "POST /threads/:thread_id/copy": "owner",
  "GET /threads/:thread_id/state": "owner",
  "POST /threads/:thread_id/state": "owner",
  "GET /threads/:thread_id/state/:checkpoint_id": "owner",
  "POST /threads/:thread_id/state/checkpoint": "owner",
  "GET /threads/:thread_id/history": "owner",
  "POST /threads/:thread_id/history": "owner",
  "GET /threads/:thread_id/stream/events": "refused",
  "POST /threads/:thread_id/stream/events": "owner",
  "POST /threads/:thread_id/commands": "owner",
  "POST /store/namespaces": "owner",
  "POST /store/items/search": "owner",
  "PUT /store/items": "owner",
  "DELETE /store/items": "owner",
  "GET /store/items": "owner",
};

const routesSchema = z.object({ routes: z.array(z.object({ method: z.string(), path: z.string() })) });

/** The built files of the installed server. */
const cli = createRequire(import.meta.url).resolve("@langchain/langgraph-cli/package.json");
const server = createRequire(cli).resolve("@langchain/langgraph-api/package.json");
const built = (file: string): URL => new URL(`dist/${file}`, pathToFileURL(server));

/** Routes that a text adds to an app, with the line of each. */
function addedIn(file: string): readonly string[] {
  const text = readFileSync(fileURLToPath(built(file)), "utf8");
  return [
    ...text.matchAll(/\b(?:api|app)\.(get|post|put|patch|delete|all|on|mount)\(\s*(["'`])([^"'`]*)\2/g),
  ].map(([, method = "", , path = ""]) => `${method.toUpperCase()} ${path}`);
}

test("every door of the installed server is judged", async () => {
  const found: string[] = [];
  for (const name of ["assistants", "runs", "threads", "store", "meta"]) {
    const module = z.object({ default: routesSchema }).parse(await import(built(`api/${name}.mjs`).href));
    const doors = module.default.routes.filter(({ method }) => method !== "ALL");
    found.push(...doors.map(({ method, path }) => `${method} ${path}`));
  }
  found.push(...addedIn("api/protocol.mjs"), ...addedIn("ui/load.mjs"), ...addedIn("server.mjs"));
  expect([...new Set(found)].sort()).toEqual(Object.keys(JUDGED).sort());
}, 60_000);

test("no file of routes is passed over", () => {
  const text = readFileSync(fileURLToPath(built("server.mjs")), "utf8");
  const files = [...text.matchAll(/from "\.\/(api\/[^"]+|ui\/[^"]+)"|import\("\.\/(ui\/[^"]+)"\)/g)].map(
    ([, one, other]) => one ?? other,
  );
  expect(new Set(files)).toEqual(
    new Set([
      "api/assistants.mjs",
      "api/meta.mjs",
      "api/protocol.mjs",
      "api/runs.mjs",
      "api/store.mjs",
      "api/threads.mjs",
      "ui/load.mjs",
    ]),
  );
});

/** Doors that no walk of another user fits: for oneself each of them is walked elsewhere in these folders. */
const WALKED_ELSEWHERE = [
  "GET /threads/:thread_id/stream/events",
  "GET /ui/:agent/:basename",
  "POST /ui/:agent",
  "POST /runs",
  "POST /runs/batch",
  "POST /runs/stream",
  "POST /runs/wait",
];

test("every door is walked by another user, or on the list of those that are walked elsewhere", () => {
  const walked = [...ROUTES.map(([, method, path]) => [method, path] as const), ...OPEN];
  const missed = Object.keys(JUDGED).filter((door) => {
    const [method = "", pattern = ""] = door.split(" ");
    const form = new RegExp(
      `^${pattern.replaceAll(/\/:\w+\?/g, "(?:/[^/]+)?").replaceAll(/:\w+/g, "[^/]+")}(?:\\?.*)?$`,
    );
    return !walked.some(([by, path]) => by === method && form.test(path));
  });
  expect(missed.sort()).toEqual(WALKED_ELSEWHERE.sort());
});
