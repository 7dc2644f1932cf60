import { fork } from "node:child_process";
import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bundleProgram } from "../../bundle.ts";
import { NO_POSTGRES, startPostgres, type PostgresServer } from "../../servers/postgres.ts";
import { newFile } from "../checkpoints.ts";
import type { Told } from "./process.ts";
import { createWallClock, NO_WALL_CLOCK, type WallClock } from "./wall-clock.ts";

const NOTHING_WRONG = ["5 s", "1 h", "400 days"].flatMap((length) =>
  ["+", "-"].flatMap((sign) =>
    ["before", "within", "between"].map((moment) => ({ row: `${sign}${length} ${moment}`, wrong: [] })),
  ),
);

async function play(address: string, { file, environment }: Partial<WallClock>, isServers = false) {
  const program = await bundleProgram(new URL("process.ts", import.meta.url));
  const given = [address, file ?? "", isServers ? "server" : ""];
  const child = fork(program, given, { execArgv: [], env: { ...process.env, ...environment } });
  const [told] = (await Promise.race([once(child, "message"), once(child, "exit")])) as [Told[]];
  return told;
}

describe.skipIf(NO_WALL_CLOCK !== "")(`a clock that is moved ${NO_WALL_CLOCK}`, { timeout: 300_000 }, () => {
  let clock: WallClock;
  beforeAll(() => {
    clock = createWallClock();
  });
  afterAll(() => clock.remove());

  test("of the machine with a SQLite file, makes nothing wrong", async () => {
    expect(await play(newFile(), clock)).toEqual(NOTHING_WRONG);
  });

  describe.skipIf(NO_POSTGRES !== "")(`PostgreSQL ${NO_POSTGRES}`, () => {
    let servers: WallClock;
    let server: PostgresServer;
    beforeAll(async () => {
      servers = createWallClock();
      server = await startPostgres(servers.environment);
    });
    afterAll(async () => {
      await server.close();
      servers.remove();
    });

    test("of a client, makes nothing wrong", async () => {
      expect(await play(server.url, clock)).toEqual(NOTHING_WRONG);
    });

    test("of the server, makes nothing wrong", async () => {
      expect(await play(server.url, { file: servers.file }, true)).toEqual(NOTHING_WRONG);
    });
  });
});
