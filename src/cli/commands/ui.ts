import { AgenticRagError } from "../../errors.ts";
import { stateFolderOf } from "../../settings/user-folders.ts";
import type { Arguments } from "../arguments/arguments.ts";
import { chooseSettings, environmentWith, requireIndex } from "../arguments/chosen-settings.ts";
import { findServer, runningServer, serverFolder, startServer } from "../dev-server.ts";
import { discoverModel } from "../discovery.ts";
import { withOnlyModel } from "../only-model.ts";
import { EXIT_CODES } from "../terminal/exit-code.ts";
import { UsageError } from "../terminal/failure.ts";
import { interruptible } from "../terminal/interruption.ts";
import type { Surroundings } from "../terminal/surroundings.ts";
import { headerFor } from "../view/header.ts";

/**
 * Serves the page on this machine until a signal comes, and opens it where there is a screen. What runs there is
 * LangGraph's development server with the graphs of this package.
 */
export async function ui(given: Arguments, surroundings: Surroundings): Promise<number> {
  const { stdout, stderr, folder, environment, status } = surroundings;
  const server = findServer(folder);
  const port = readPort(given.values.get("port"));
  const state = stateFolderOf(environment);
  if (state === undefined) {
    throw new AgenticRagError(
      "settings-invalid",
      "There is no place to keep threads: HOME is not set. Set it, or XDG_STATE_HOME.",
    );
  }
  const place = serverFolder(state, folder);
  const show = async (url: string): Promise<void> => {
    if (!given.switches.has("no-open") && hasScreen(environment))
      await server.openBrowser(url).catch(() => undefined);
  };
  const running = await runningServer(place);
  if (running !== undefined) {
    stdout.write(`The page of this folder is there already: ${running}\n`);
    await show(running);
    return EXIT_CODES.answered;
  }
  return interruptible(
    surroundings,
    async (signal) => {
      const args = await withOnlyModel(given, surroundings, signal);
      const chosen = chooseSettings(args, surroundings);
      await requireIndex(chosen);
      const { settings, note, found } = await discoverModel(chosen, args, surroundings, signal);
      status?.show("Starting LangGraph's development server");
      const started = await startServer({
        server,
        place,
        folder,
        environment: { ...environmentWith(args, surroundings), ...found },
        port,
        signal,
      });
      try {
        status?.hide();
        stderr.write(
          `${note}${headerFor(settings)}\nThreads are kept in ${place}. Ctrl-C ends the server.\n`,
        );
        stdout.write(`${started.url}\n`);
        await show(started.url);
        const stopped = new Promise<void>((resolve) => {
          if (signal.aborted) resolve();
          signal.addEventListener("abort", () => resolve(), { once: true });
        });
        await Promise.race([stopped, started.ended]);
        if (signal.aborted) return EXIT_CODES.answered;
        throw new AgenticRagError(
          "settings-invalid",
          `LangGraph's development server has ended. What it said is in ${started.log}.`,
        );
      } finally {
        await started.stop();
      }
    },
    "The server has ended.",
  );
}

/** @throws UsageError */
function readPort(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port > 0 && port < 65_536) return port;
  throw new UsageError(`--port must be a number from 1 to 65535 (it is ${JSON.stringify(text)}).`);
}

/** Whether this machine shows windows to whoever is at it. */
function hasScreen(environment: Surroundings["environment"]): boolean {
  const isSet = (name: string): boolean => (environment[name] ?? "") !== "";
  if (isSet("SSH_CONNECTION") || environment["BROWSER"] === "none") return false;
  return process.platform !== "linux" || ["DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"].some(isSet);
}
