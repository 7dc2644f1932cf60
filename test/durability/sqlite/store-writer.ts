import { createSqliteStore } from "../../../src/durability/sqlite/sqlite.ts";

/** Puts twenty items into a store, one by one. */
const [file = "", name = ""] = process.argv.slice(2);
const store = createSqliteStore(file);
for (let at = 0; at < 20; at += 1) await store.put(["writers", name], String(at), { at });
