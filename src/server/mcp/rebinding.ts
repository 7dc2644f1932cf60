/** Who may speak to a server on this machine: a page in a browser must not reach it by a name of its own. */
export interface Neighbours {
  /**
   * Host names, without port, under which this server is asked. Default: those of this machine, `localhost`,
   * `127.0.0.1` and `[::1]`. `any` where something in front checks them.
   */
  readonly allowedHosts?: readonly string[] | "any";
  /** Origins of web pages that may ask, such as `https://chat.example.org`, besides those on this machine. */
  readonly allowedOrigins?: readonly string[] | "any";
}

const THIS_MACHINE = ["localhost", "127.0.0.1", "[::1]"];

/** Why a request is not answered; nothing when it is. Programs send no origin and are not asked for one. */
export function refuseStranger(headers: Headers, neighbours: Neighbours): string | undefined {
  const { allowedHosts = THIS_MACHINE, allowedOrigins = [] } = neighbours;
  if (allowedHosts !== "any" && !allowedHosts.includes(hostnameOf(`http://${headers.get("host") ?? ""}`))) {
    return "This server is not asked under this host name. Whoever runs it can allow it.";
  }
  const origin = headers.get("origin");
  if (origin === null || allowedOrigins === "any" || allowedOrigins.includes(origin)) return undefined;
  if (THIS_MACHINE.includes(hostnameOf(origin))) return undefined;
  return "Web pages of this origin may not ask this server. Whoever runs it can allow them.";
}

function hostnameOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : "";
}
