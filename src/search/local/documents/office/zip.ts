import { buffer } from "node:stream/consumers";
import { type Entry, fromBufferPromise } from "yauzl";

/** A zip file whose parts are unpacked one by one, as they are asked for. */
export interface Zip {
  readonly names: readonly string[];
  /** Rejects for a part that is missing, or larger than what is allowed, or not what it says. */
  read(name: string): Promise<Buffer>;
}

const MAX_PARTS = 20_000;
/** What may come out of one file. In bytes. */
const MAX_UNPACKED = 100_000_000;

/** How files of the older Office begin, and newer ones that are encrypted. */
const OLE = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];

/**
 * Opens a zip file. A bomb is never unpacked: the size that a part declares counts against the limit before it is read,
 * and a part that holds more than it declares is refused.
 */
export async function openZip(bytes: Uint8Array): Promise<Zip> {
  if (OLE.every((byte, at) => bytes[at] === byte)) {
    throw new Error("it is locked by a password, or in the format of Office before 2007; save it anew");
  }
  const file = await fromBufferPromise(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  if (file.entryCount > MAX_PARTS) throw new Error(`it has more than ${MAX_PARTS} parts`);
  const entries = new Map<string, Entry>();
  for await (const entry of file.eachEntry()) {
    if (!entries.has(entry.fileName)) entries.set(entry.fileName, entry);
  }
  let rest = MAX_UNPACKED;
  return {
    names: [...entries.keys()],
    async read(name) {
      const entry = entries.get(name);
      if (entry === undefined) throw new Error(`its part ${name} is missing`);
      if (entry.isEncrypted()) throw new Error("it is locked by a password");
      rest -= entry.uncompressedSize;
      if (rest < 0) throw new Error(`it unpacks to more than ${MAX_UNPACKED} bytes`);
      return buffer(await file.openReadStreamPromise(entry));
    },
  };
}
