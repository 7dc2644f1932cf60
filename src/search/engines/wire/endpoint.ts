import { unescape } from "node:querystring";
import { AgenticRagError } from "../../../errors.ts";

/** The header in which a service takes its key. */
export interface KeyHeader {
  readonly header: string;
  /** What stands before the key in it: `Bearer`. */
  readonly scheme?: string;
  readonly key: string;
}

export interface Endpoint {
  readonly url: URL;
  /** That of the key, and the `authorization` of a user name and password that were written into the base URL. */
  readonly headers: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
}

/**
 * Address of a route below a base URL, which may also be written with the route. `fetch` refuses a URL that holds
 * a user name and password; they become a header.
 *
 * @throws AgenticRagError `settings-invalid` for anything but an http(s) URL.
 */
export function readEndpoint(service: string, baseUrl: string, route?: string, apiKey?: KeyHeader): Endpoint {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  if (url === undefined || !["http:", "https:"].includes(url.protocol)) {
    throw new AgenticRagError(
      "settings-invalid",
      `The base URL of ${service} is not an http(s) address. Write it as in https://host:8080.`,
    );
  }
  const basic = readBasic(url);
  url.username = "";
  url.password = "";
  if (route !== undefined) {
    const path = url.pathname.replace(/\/+$/u, "");
    url.pathname = path.endsWith(`/${route}`) ? path : `${path}/${route}`;
  }
  const { header = "", scheme = "", key = "" } = apiKey ?? {};
  return {
    url,
    headers: {
      ...(basic && { authorization: `Basic ${basic.encoded}` }),
      ...(apiKey && { [header]: `${scheme} ${key.trim()}`.trim() }),
    },
    secrets: [...(apiKey ? [key.trim()] : []), ...(basic ? [basic.encoded, basic.password] : [])],
  };
}

/** A percent sign that begins no escape stands for itself. */
function readBasic({ username, password }: URL): { encoded: string; password: string } | undefined {
  if (username === "" && password === "") return undefined;
  const secret = unescape(password);
  return { encoded: Buffer.from(`${unescape(username)}:${secret}`).toString("base64"), password: secret };
}
