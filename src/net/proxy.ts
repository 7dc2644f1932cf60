import type { buildConnector, Dispatcher, fetch as undiciFetch } from "undici";
import { AgenticRagError, causesOf, codeOf } from "../errors.ts";
import { isLoopback } from "./loopback.ts";
import { PATIENT, readRequest } from "./patient-fetch.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

export interface ProxyOptions {
  /** Send also what is asked of this machine itself (`localhost`, `127.0.0.1`, `::1`) through the proxy. Default false. */
  readonly loopback?: boolean;
}

interface Proxies {
  /** Empty for none, as in `noProxy`. */
  readonly httpProxy: string;
  readonly httpsProxy: string;
  readonly noProxy: string;
}

const REFUSED = /^Proxy (?:response|Authentication Required) \((\d+)\)/u;
const NO_CONNECTION = /^(?:ECONN|EHOST|ENET|ENOTFOUND|EAI_|ETIMEDOUT|UND_ERR_CONNECT)/u;

/**
 * A `fetch` that goes through the proxies that an environment names: `http_proxy` for `http:`, `https_proxy` (or else
 * `http_proxy`) for `https:`, none for the hosts of `no_proxy` (`a.example`, with all below it, `b.example:8080`, `*`). A name in
 * small letters wins over the same in capitals. `undefined` where the environment names no proxy: Node's own `fetch` does then.
 *
 * What the proxy itself does wrong arrives as a failed fetch with a `code` on its cause: `PROXY_UNREACHABLE`,
 * `PROXY_AUTHENTICATION_REQUIRED`, `PROXY_REFUSED`.
 *
 * @throws AgenticRagError `settings-invalid` for the address of a proxy that is none; its credentials are not shown.
 */
export function createProxyFetch(
  environment: Environment,
  options: ProxyOptions = {},
): typeof fetch | undefined {
  const proxies: Proxies = {
    httpProxy: readProxy(environment, "http_proxy"),
    httpsProxy: readProxy(environment, "https_proxy"),
    noProxy: readNoProxy(environment["no_proxy"] ?? environment["NO_PROXY"] ?? ""),
  };
  if (proxies.httpProxy === "" && proxies.httpsProxy === "") return undefined;
  let opening: Promise<Undici> | undefined;
  return async (input, init) => {
    opening ??= open(proxies, options.loopback ?? false);
    const undici = await opening;
    try {
      const url = input instanceof Request ? input.url : input;
      return await undici.fetch(url, { ...readRequest(input, init), dispatcher: undici.dispatcher });
    } catch (error) {
      throw explain(error);
    }
  };
}

interface Undici {
  readonly fetch: typeof undiciFetch;
  readonly dispatcher: Dispatcher;
}

/** The library is loaded by the first request: most runs have no proxy. */
async function open(proxies: Proxies, loopback: boolean): Promise<Undici> {
  const { Agent, buildConnector, EnvHttpProxyAgent, fetch, Pool } = await import("undici");
  // what fails in these connections is the proxy's fault, whatever lies at the same address besides
  const connect = blamingProxy(buildConnector({}));
  const toProxy = (proxy: string | URL): Dispatcher =>
    new Pool(new URL(proxy).origin, { ...PATIENT, connect });
  const proxied = new EnvHttpProxyAgent({
    ...proxies,
    ...PATIENT,
    // http: is asked of the proxy itself, not through a tunnel: many proxies open tunnels to port 443 alone
    proxyTunnel: false,
    clientFactory: toProxy,
    // the agent makes the pools of other hosts here too; a proxy alone is named by its whole address
    factory: (to, options) =>
      [proxies.httpProxy, proxies.httpsProxy].includes(String(to)) ? toProxy(to) : new Pool(to, options),
  });
  if (loopback) return { fetch, dispatcher: proxied };
  const direct = new Agent(PATIENT);
  const dispatcher = proxied.compose((dispatch) => (request, handler) => {
    const isHere = isLoopback(String(request.origin ?? ""));
    return isHere ? direct.dispatch(request, handler) : dispatch(request, handler);
  });
  return { fetch, dispatcher };
}

function blamingProxy(connect: buildConnector.connector): buildConnector.connector {
  return (to, done) => {
    connect(to, (...[error, socket]) => {
      if (error === null) return done(null, socket);
      const isUnreachable = NO_CONNECTION.test(codeOf(error) ?? "");
      done(isUnreachable ? proxyFailure("PROXY_UNREACHABLE", "could not be reached", error) : error, null);
    });
  };
}

function readProxy(environment: Environment, name: string): string {
  const capitals = name.toUpperCase();
  const written = (environment[name] ?? environment[capitals] ?? "").trim();
  if (written === "") return "";
  const address = written.includes("://") ? written : `http://${written}`;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !["http:", "https:"].includes(url.protocol) || !hasReadableCredentials(url)) {
    const variable = environment[name] === undefined ? capitals : name;
    throw new AgenticRagError(
      "settings-invalid",
      `The proxy in ${variable} is not an http(s) address. Write it as in http://proxy.example:3128, with a user name and password as in http://name:password@proxy.example:3128 (special characters as %40), or remove the variable.`,
    );
  }
  return url.href;
}

function hasReadableCredentials({ username, password }: URL): boolean {
  try {
    decodeURIComponent(username + password);
    return true;
  } catch {
    return false;
  }
}

/** As undici reads it: an IPv6 address stands in brackets, and `*` stands alone. */
function readNoProxy(written: string): string {
  const hosts = written.split(/[,\s]+/u).filter((host) => host !== "");
  if (hosts.includes("*")) return "*";
  return hosts.map((host) => (/^[^[\]]*:[^[\]]*:[^[\]]*$/u.test(host) ? `[${host}]` : host)).join(",");
}

/** undici tells a refusal of the proxy in words alone. */
function explain(error: unknown): unknown {
  const statuses = causesOf(error).map(({ message }) => REFUSED.exec(message)?.[1]);
  const status = statuses.find((each) => each !== undefined);
  if (status === undefined) return error;
  const cause =
    status === "407"
      ? proxyFailure("PROXY_AUTHENTICATION_REQUIRED", "wants a user name and password", error)
      : proxyFailure("PROXY_REFUSED", `answered with HTTP status ${status}`, error);
  return new TypeError("fetch failed", { cause });
}

function proxyFailure(code: string, what: string, cause: unknown): Error {
  return Object.assign(new Error(`The proxy ${what}.`, { cause }), { code });
}
