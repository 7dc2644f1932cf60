import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { compareWithFolder } from "../../../../src/search/local/index-state.ts";
import { buildPostgresIndex, openPostgresIndex } from "../../../../src/search/local/postgres/postgres.ts";
import { openDurability } from "../../../../src/durability/open.ts";
import { NO_POSTGRES, PASSWORD } from "../../../servers/postgres.ts";
import { createFolder, writeFile } from "../../temporary-folder.ts";
import { expectTrueCounts, useDatabases } from "./place.ts";

function fruits(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, at) => [`${at}.txt`, `fruit number ${at}`]));
}

/** As if everything so far had been built on another machine. */
const ELSEWHERE = "update $schema.roots set machine = machine || '-2'";

describe.skipIf(NO_POSTGRES !== "")(`builds of one database ${NO_POSTGRES}`, () => {
  const { server, create } = useDatabases();

  test("two at once share the files out, and each file is read by one", async () => {
    const { build, open, connection } = await create();
    const folder = createFolder(fruits(200));
    const reports = await Promise.all([build({ folder }), build({ folder })]);
    const added = reports.map((report) => (report as { readonly added: number }).added);
    expect(added[0]! + added[1]!).toBe(200);
    for (const report of reports) expect(report).toMatchObject({ documents: 200, updated: 0, problems: [] });
    const index = await open(folder);
    expect(await index.count()).toEqual({ documents: 200, passages: 200 });
    expect(await index.rank("fruit", 500)).toHaveLength(200);
    await expectTrueCounts(connection);
  });

  test(
    "one that is killed is finished by the other, which was at work beside it",
    { timeout: 60_000 },
    async () => {
      const { address, build, open, connection } = await create();
      const folder = createFolder(fruits(300));
      const module = new URL("../../../../src/search/local/postgres/postgres.ts", import.meta.url).href;
      const script = `
      import { buildPostgresIndex } from ${JSON.stringify(module)};
      await buildPostgresIndex({
        folder: ${JSON.stringify(folder)}, address: ${JSON.stringify(address)}, leaseMs: 2_000,
        onProgress: ({ done }) => done === 20 && (console.log("at work"), process.kill(process.pid, "SIGSTOP")),
      });`;
      const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      await once(child.stdout, "data");
      const held = await connection.query("select count(*)::int as count from $schema.claims");
      expect(held).toEqual([{ count: 32 }]);
      const building = build({ folder });
      child.kill("SIGKILL");
      expect(await building).toMatchObject({ documents: 300, added: 300, problems: [] });
      expect((await (await open(folder)).builds())[0]).toMatchObject({ finished: true, listed: 300 });
      expect(await build({ folder })).toMatchObject({ added: 0, unchanged: 300 });
      await expectTrueCounts(connection);
    },
  );

  test("the same folder on another machine is known, and nothing of it is read again", async () => {
    const { build, open, connection } = await create();
    const folder = createFolder(fruits(20));
    await build({ folder });
    await connection.query(ELSEWHERE);
    const copy = join(createFolder(), folder.split("/").at(-1) ?? "");
    cpSync(folder, copy, { recursive: true });
    const seen = await open(copy);
    expect(await seen.count()).toEqual({ documents: 20, passages: 20 });
    const [before] = await Promise.all((await seen.builds()).map(compareWithFolder));
    expect(before).toMatchObject({ folder: copy, files: 20, held: 20, changed: 0 });
    expect(await build({ folder: copy })).toMatchObject({
      documents: 20,
      added: 0,
      updated: 0,
      unchanged: 20,
    });
    writeFile(copy, "0.txt", "a changed fruit");
    rmSync(join(copy, "1.txt"));
    expect(await build({ folder: copy })).toMatchObject({
      documents: 19,
      updated: 1,
      removed: 1,
      unchanged: 18,
    });
    // and where it is not, it is known by its path
    rmSync(folder, { recursive: true });
    expect(await (await open(folder)).count()).toEqual({ documents: 19, passages: 19 });
  });

  test("another folder of the same name is another one, and both are searched as one", async () => {
    const { build, open, connection } = await create();
    const first = join(createFolder({ "docs/a.md": "# Apple\n\nA fruit.", "docs/readme.md": "one" }), "docs");
    const second = join(
      createFolder({ "docs/p.md": "# Pear\n\nA fruit.", "docs/readme.md": "two two" }),
      "docs",
    );
    await build({ folder: first });
    await connection.query(ELSEWHERE);
    expect(await build({ folder: second })).toMatchObject({ documents: 2, added: 2, removed: 0 });
    const titles = async (...folders: readonly string[]) =>
      (await (await open(...folders)).rank("fruit", 5)).map(({ result }) => result.title);
    expect([await titles(first), await titles(second)]).toEqual([["Apple"], ["Pear"]]);
    expect([await titles(first, second), await titles()]).toEqual([
      ["Apple", "Pear"],
      ["Apple", "Pear"],
    ]);
    const unknown = createFolder({ "x.md": "x" });
    await expect(open(first, unknown)).rejects.toMatchObject({
      code: "index-unusable",
      message: expect.stringContaining(`has no index of ${unknown}. Build it: agentic-rag index`) as string,
    });
  });

  test("words are counted while two builds change and remove the same files", async () => {
    const { build, connection } = await create();
    const folder = createFolder(fruits(60));
    await build({ folder });
    await expectTrueCounts(connection);
    for (const round of [1, 2, 3]) {
      for (let at = 0; at < 60; at += round)
        writeFile(folder, `${at}.txt`, `pear ${at} in round ${round % 3}, pear`);
      for (let at = round; at < 60; at += 7) rmSync(join(folder, `${at}.txt`), { force: true });
      await Promise.all([build({ folder }), build({ folder })]);
      await expectTrueCounts(connection);
    }
    for (let at = 0; at < 60; at++) rmSync(join(folder, `${at}.txt`), { force: true });
    writeFile(folder, "last.txt", "the last one");
    await build({ folder });
    await expectTrueCounts(connection);
    expect(await connection.query("select sum(passages)::int as held from $schema.word_counts")).toEqual([
      // "the", "last" twice in text and title, "one"
      { held: 3 },
    ]);
  });

  test("a server that crashes in the middle only delays", { timeout: 60_000 }, async () => {
    const { build, open, connection } = await create();
    const folder = createFolder(fruits(450));
    let restarted: Promise<void> | undefined;
    const report = await build({
      folder,
      onProgress: ({ done }) => {
        if (done === 250) restarted = server().restart("immediate");
      },
    });
    await restarted;
    expect(report).toMatchObject({ documents: 450, passages: 450, problems: [] });
    expect(await (await open(folder)).rank("fruit", 500)).toHaveLength(450);
    await expectTrueCounts(connection);
  });

  test("a user who may only read searches, and is told what to ask for when building", async () => {
    const { address, build, connection } = await create();
    const folder = createFolder(fruits(3));
    await build({ folder });
    const role = `reader_${process.pid}`;
    await connection.query(`create role ${role} login password 'read-only-7183'`);
    await connection.query(`grant usage on schema $schema to ${role}`);
    await connection.query(`grant select on all tables in schema $schema to ${role}`);
    const reading = address.replace(`rag:${PASSWORD}`, `${role}:read-only-7183`);
    const index = await openPostgresIndex(reading, [folder]);
    expect((await index?.rank("fruit", 5))?.length).toBe(3);
    await index?.close();
    await expect(buildPostgresIndex({ folder, address: reading })).rejects.toMatchObject({
      code: "store-unusable",
      message: expect.stringContaining("does not let this user do that. Grant") as string,
    });
  });

  test("tables of another version are left alone, and a database without any holds nothing", async () => {
    const { address, build, connection } = await create();
    const folder = createFolder(fruits(1));
    expect(await openPostgresIndex(address, [folder])).toBeUndefined();
    await build({ folder });
    for (const [version, reason] of [
      [99, "was written by a newer version of this package. Update it"],
      [0, "was written by an older version of this package. Drop the schema"],
    ] as const) {
      await connection.query("update $schema.format set version = $1", [version]);
      const refused = { code: "store-unusable", message: expect.stringContaining(reason) as string };
      await expect(build({ folder })).rejects.toMatchObject(refused);
      await expect(openPostgresIndex(address, [folder])).rejects.toMatchObject(refused);
    }
  });

  test("threads lie beside it in the same database", async () => {
    const { address, build, open } = await create();
    const folder = createFolder(fruits(2));
    await build({ folder });
    const threads = await openDurability(address);
    await threads.store.put(["a"], "key", { is: "here" });
    expect((await threads.store.get(["a"], "key"))?.value).toEqual({ is: "here" });
    await threads.close();
    expect(await (await open(folder)).count()).toEqual({ documents: 2, passages: 2 });
  });

  test.each([
    [
      "a wrong password",
      (url: string) => url.replace(PASSWORD, "wrong-7183"),
      "refused the user or the password",
    ],
    ["a database that is not there", (url: string) => `${url}-none`, "does not exist"],
  ])("%s is told without the password", async (_title, addressOf, reason) => {
    const address = addressOf(server().url);
    for (const trying of [
      () => buildPostgresIndex({ folder: createFolder(fruits(1)), address }),
      () => openPostgresIndex(address),
    ]) {
      const error: unknown = await trying().catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ message: expect.stringContaining(reason) as string });
      expect(String((error as Error).stack)).not.toMatch(/wrong-7183|pass-word/u);
    }
  });
});
