import { benchCitations } from "./citations.ts";
import { benchGgufReuse } from "./gguf-reuse.ts";
import { benchIndex } from "./index.ts";
import { benchPrefixReuse } from "./prefix-reuse.ts";
import { benchPromptTokens } from "./prompt-tokens.ts";
import { benchReader } from "./reader.ts";
import { benchStoredBytes } from "./stored-bytes.ts";

const print = (line: string): void => console.log(line);

for (const bench of [
  benchReader,
  benchCitations,
  benchIndex,
  benchPromptTokens,
  benchPrefixReuse,
  benchGgufReuse,
  benchStoredBytes,
]) {
  await bench(print);
  print("");
}
