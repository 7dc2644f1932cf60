import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { deserialize, serialize } from "node:v8";
import { MemorySaver } from "@langchain/langgraph";

type Kept = Pick<MemorySaver, "storage" | "writes">;

/** Checkpoints in one file, which is replaced as a whole with everything that is put. Only for small tests. */
export class FileSaver extends MemorySaver {
  readonly #file: string;

  constructor(file: string) {
    super();
    this.#file = file;
    if (!existsSync(file)) return;
    const { storage, writes } = deserialize(readFileSync(file)) as Kept;
    Object.assign(this.storage, storage);
    Object.assign(this.writes, writes);
  }

  override async put(...given: Parameters<MemorySaver["put"]>): ReturnType<MemorySaver["put"]> {
    const put = await super.put(...given);
    this.#save();
    return put;
  }

  override async putWrites(...given: Parameters<MemorySaver["putWrites"]>): Promise<void> {
    await super.putWrites(...given);
    this.#save();
  }

  #save(): void {
    const kept = { storage: { ...this.storage }, writes: { ...this.writes } };
    writeFileSync(`${this.#file}.new`, serialize(kept));
    renameSync(`${this.#file}.new`, this.#file);
  }
}
