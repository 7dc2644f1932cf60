import type { Surroundings } from "./surroundings.ts";

/** Programs that say who they are by a variable. `supports-hyperlinks` reads the process, whose environment is not ours. */
const PROGRAMS: ReadonlySet<string> = new Set([
  "iTerm.app",
  "WezTerm",
  "vscode",
  "ghostty",
  "Hyper",
  "rio",
  "WarpTerminal",
]);
const TERMS = /^(?:xterm-kitty|xterm-ghostty|alacritty|foot|wezterm|contour)/;
const SCHEMES: ReadonlySet<string> = new Set(["http:", "https:", "file:", "mailto:"]);

/** Whether the terminal makes links of OSC 8, as far as it says who it is. `FORCE_HYPERLINK=1` and `0` decide it. */
export function hasHyperlinks(environment: Surroundings["environment"]): boolean {
  const forced = environment["FORCE_HYPERLINK"];
  if (forced !== undefined && forced !== "") return forced !== "0";
  const {
    TERM = "",
    TERM_PROGRAM = "",
    VTE_VERSION = "",
    WT_SESSION = "",
    KONSOLE_VERSION = "",
  } = environment;
  if (/^(?:tmux|screen)/.test(TERM)) return false;
  return (
    PROGRAMS.has(TERM_PROGRAM) ||
    TERMS.test(TERM) ||
    Number(VTE_VERSION) >= 5000 ||
    WT_SESSION !== "" ||
    KONSOLE_VERSION !== ""
  );
}

/** A text that opens an address. https://gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda */
export function hyperlink(url: string): ((text: string) => string) | undefined {
  if (!URL.canParse(url)) return undefined;
  const { protocol, href } = new URL(url);
  // a parsed address has no character that a terminal acts on; that is made sure of all the same
  if (!SCHEMES.has(protocol) || /[^\x20-\x7E]/.test(href)) return undefined;
  return (text) => `\u001B]8;;${href}\u001B\\${text}\u001B]8;;\u001B\\`;
}
