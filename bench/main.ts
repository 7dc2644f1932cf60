import { benchIndex } from "./index.ts";
import { benchReader } from "./reader.ts";

const print = (line: string): void => console.log(line);

await benchReader(print);
print("");
await benchIndex(print);
