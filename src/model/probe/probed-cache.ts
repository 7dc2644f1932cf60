import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { randomUUID } from "node:crypto";
import { dirname } from "node:path";
import { z } from "zod";
import type { FamilyChoice } from "./choice.ts";
import { SERVER_DIALECTS } from "../server/dialects.ts";

/** Servers are set up anew; what they did a week ago is asked again. */
const LIFETIME_MS = 7 * 86_400_000;

const foundSchema = z.object({
  family: z.enum(["completions", "chat-prefix", "native-tools", "responses"]),
  dialect: z.enum(SERVER_DIALECTS),
  continues: z.enum(["by-construction", "proven", "replayed"]),
  reason: z.string(),
});

const choiceSchema = foundSchema.extend({ withoutTools: foundSchema.optional() });

const fileSchema = z.record(z.string(), z.object({ at: z.number(), choice: choiceSchema }));

type Entries = z.infer<typeof fileSchema>;

/** What endpoints were found to do, kept from one process to the next. Nothing that goes wrong with the file is told. */
export interface ChoiceCache {
  get(key: string): Promise<FamilyChoice | undefined>;
  put(key: string, choice: FamilyChoice): Promise<void>;
}

/** A JSON file; one that cannot be read is written anew. */
export function createChoiceCache(file: string, now: () => number = Date.now): ChoiceCache {
  async function entries(): Promise<Entries> {
    try {
      const read = fileSchema.safeParse(JSON.parse(await readFile(file, "utf8")));
      const moment = now();
      return Object.fromEntries(
        Object.entries(read.data ?? {}).filter(([, { at }]) => at <= moment && moment - at < LIFETIME_MS),
      );
    } catch {
      return {};
    }
  }
  return {
    get: async (key) => (await entries())[key]?.choice,
    async put(key, choice) {
      const text = `${JSON.stringify({ ...(await entries()), [key]: { at: now(), choice } }, null, 2)}\n`;
      // written aside, so that no process reads half of it
      const aside = `${file}.${randomUUID()}`;
      try {
        await mkdir(dirname(file), { recursive: true });
        await writeFile(aside, text, { mode: 0o600 });
        await rename(aside, file);
      } catch {
        await rm(aside, { force: true }).catch(() => {});
      }
    },
  };
}
