import type { Dispatcher, fetch as undiciFetch, RequestInit as UndiciRequestInit } from "undici";
import { AgenticRagError } from "../errors.ts";

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

const LOOPBACK =
  /^(?:localhost|.+\.localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[::1?\]|\[::ffff:7f[\da-f]{2}:[\da-f]+\])\.?$/iu;
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
      throw explain(error, proxies);
    }
  };
}

/** Classes of Node's own `fetch` (`Request`, `FormData`) are foreign to undici: but for a string, a body goes as a stream. */
function readRequest(input: string | URL | Request, init: RequestInit = {}): UndiciRequestInit {
  const { method, headers, body, signal, redirect } = new Request(input, { duplex: "half", ...init });
  return {
    method,
    headers: [...headers],
    body: typeof init.body === "string" ? init.body : body,
    signal: init.signal ?? signal,
    redirect,
    duplex: "half",
  };
}

interface Undici {
  readonly fetch: typeof undiciFetch;
  readonly dispatcher: Dispatcher;
}

/** The library is loaded by the first request: most runs have no proxy. */
async function open(proxies: Proxies, loopback: boolean): Promise<Undici> {
  const { Agent, EnvHttpProxyAgent, fetch } = await import("undici");
  // http: is asked of the proxy itself, not through a tunnel: many proxies open tunnels to port 443 alone
  const proxied = new EnvHttpProxyAgent({ ...proxies, proxyTunnel: false });
  if (loopback) return { fetch, dispatcher: proxied };
  const direct = new Agent();
  const dispatcher = proxied.compose((dispatch) => (request, handler) => {
    const isHere = LOOPBACK.test(new URL(request.origin ?? "").hostname);
    return isHere ? direct.dispatch(request, handler) : dispatch(request, handler);
  });
  return { fetch, dispatcher };
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

function explain(error: unknown, proxies: Proxies): unknown {
  const chain = causesOf(error);
  const status = chain.map(({ message }) => readStatus(message)).find((found) => found !== undefined);
  if (status === "407")
    return failure("PROXY_AUTHENTICATION_REQUIRED", "The proxy wants a user name and password.", error);
  if (status !== undefined)
    return failure("PROXY_REFUSED", `The proxy answered with HTTP status ${status}.`, error);
  const addresses = [proxies.httpProxy, proxies.httpsProxy].filter((proxy) => proxy !== "");
  if (!chain.some((cause) => isFromProxy(cause, addresses))) return error;
  return failure("PROXY_UNREACHABLE", "The proxy could not be reached.", error);
}

function causesOf(error: unknown): readonly Error[] {
  if (!(error instanceof Error)) return [];
  return [error, ...(error instanceof AggregateError ? error.errors : [error.cause]).flatMap(causesOf)];
}

/** undici tells the reply of a proxy in words alone. */
function readStatus(message: string): string | undefined {
  return /^Proxy (?:response|Authentication Required) \((\d+)\)/u.exec(message)?.[1];
}

/** A connection that was not made: the system tells the port that was tried, the resolver the host. */
function isFromProxy(error: Error, proxies: readonly string[]): boolean {
  if (!("code" in error) || typeof error.code !== "string" || !NO_CONNECTION.test(error.code)) return false;
  const port = "port" in error ? error.port : undefined;
  const host = "hostname" in error ? error.hostname : undefined;
  return proxies.some((proxy) => {
    const url = new URL(proxy);
    const usual = url.protocol === "https:" ? 443 : 80;
    return port === Number(url.port || usual) || host === url.hostname;
  });
}

function failure(code: string, message: string, error: unknown): TypeError {
  return new TypeError("fetch failed", {
    cause: Object.assign(new Error(message, { cause: error }), { code }),
  });
}
