import { Readable, Writable } from "node:stream";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { createMcpServers } from "../../server/mcp/server.ts";
import { createSlots } from "../../server/slots.ts";
import type { Arguments } from "../arguments/arguments.ts";
import { openAgent } from "../open-agent.ts";
import { EXIT_CODES } from "../terminal/exit-code.ts";
import { interruptible } from "../terminal/interruption.ts";
import { withoutKeys } from "../terminal/keys.ts";
import { printable } from "../terminal/printable.ts";
import type { Surroundings } from "../terminal/surroundings.ts";

/**
 * Serves MCP over stdin and stdout until stdin ends or a signal comes; calls that still run are aborted then. Nothing
 * but the protocol goes to stdout: who answers, and every failure, is told on stderr.
 */
export async function mcp(args: Arguments, surroundings: Surroundings): Promise<number> {
  const { environment, stdin, stdout, stderr } = surroundings;
  if (!(stdin instanceof Readable) || !(stdout instanceof Writable)) {
    throw new TypeError("MCP is spoken over streams of Node.js");
  }
  const say = (message: string): string => printable(withoutKeys(message, environment));
  return interruptible(surroundings, async (signal) => {
    const opened = await openAgent(args, surroundings, signal, async () => ({}));
    const { agent, engine, settings, header } = opened;
    try {
      const server = createMcpServers({
        agent,
        engine,
        ceilings: settings.limits,
        slots: createSlots(settings.concurrency),
        // whoever starts this process is whoever asks
        explain: ({ message }) => say(message),
        onFailure: ({ message }) => stderr.write(`${say(message)}\n`),
      })();
      const closed = new Promise<void>((resolve) => {
        // oxlint-disable-next-line unicorn/prefer-add-event-listener -- it is no event target
        server.server.onclose = resolve;
      });
      const close = (): void => void server.close();
      stdin.once("end", close).once("close", close);
      signal.addEventListener("abort", close, { once: true });
      await server.connect(new StdioServerTransport(stdin, stdout));
      stderr.write(`${header}\nMCP is spoken on stdin and stdout; the end of stdin ends it.\n`);
      if (signal.aborted || stdin.readableEnded) close();
      await closed;
      return EXIT_CODES.answered;
    } finally {
      await opened.close();
    }
  });
}
