import type { ServerResponse } from "node:http";
import { writeApart, type Delivery, type PlainReply } from "./completions.ts";

/** Writes a reply to the wire, with what goes wrong on it. */
export async function deliver(response: ServerResponse, reply: PlainReply & Delivery): Promise<void> {
  const { status = 200, headers = {}, fault, apart = false, writeSize } = reply;
  if (fault?.kind === "no-headers") return;
  const whole = Buffer.from(reply.body);
  const bytes = fault !== undefined && "after" in fault ? whole.subarray(0, fault.after) : whole;
  response.writeHead(status, headers);
  response.flushHeaders();
  response.on("error", () => {});
  if (apart) return writeApart(response, reply.body);
  const size = fault?.kind === "drip" ? 1 : (writeSize ?? Math.max(bytes.length, 1));
  for (let at = 0; at < bytes.length && !response.destroyed; at += size) {
    await new Promise<void>((resolve) => {
      response.write(bytes.subarray(at, at + size), () => resolve());
    });
    if (fault?.kind === "drip") await pause(fault.everyMs);
  }
  if (fault?.kind === "stall") return;
  if (fault?.kind === "reset") response.socket?.resetAndDestroy();
  else if (fault?.kind === "break") response.socket?.destroySoon();
  else response.end();
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds).unref();
  });
}
