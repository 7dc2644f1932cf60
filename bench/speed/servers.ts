import { z } from "zod";
import { CORPUS_FOLDER } from "../../src/assemble/assemble.ts";
import { startChild, type Child } from "./child.ts";
import type { Case } from "./script.ts";

const toldSchema = z.object({
  requests: z.array(z.unknown()),
  written: z.number(),
  errors: z.array(z.string()),
  sockets: z.number(),
});

/** The model, with and without tools, and the search, in a process of their own. */
export type Servers = Child<{ readonly url: string }>;

export function startServers(): Promise<Servers> {
  return startChild(new URL("server.ts", import.meta.url), z.object({ url: z.string() }), {
    args: [CORPUS_FOLDER],
  });
}

/**
 * Has another case played from now on, and tells what came since the last one: the requests to the model, the characters
 * that it wrote, why requests failed, and how many sockets are open.
 */
export function play(servers: Servers, played: Case): Promise<z.infer<typeof toldSchema>> {
  return servers.ask({ play: played }, toldSchema);
}
