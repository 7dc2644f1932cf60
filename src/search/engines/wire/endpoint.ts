import { unescape } from "node:querystring";
import { AgenticRagError } from "../../../errors.ts";

export interface Endpoint {
  readonly url: URL;
  /** `Authorization` of a user name and password that were written into the base URL. */
  readonly headers: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
}

/**
 * Address of a route below a base URL, which may also be written with the route. `fetch` refuses a URL that holds
 * a user name and password; they become a header.
 *
 * @throws AgenticRagError `settings-invalid` for anything but an http(s) URL.
 */
export function readEndpoint(service: string, baseUrl: string, route: string): Endpoint {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  if (url === undefined || !["http:", "https:"].includes(url.protocol)) {
    throw new AgenticRagError(
      "settings-invalid",
      `The base URL of ${service} is not an http(s) address. Write it as in https://host:8080.`,
    );
  }
  const { username, password } = url;
  url.username = "";
  url.password = "";
  const path = url.pathname.replace(/\/+$/u, "");
  url.pathname = path.endsWith(`/${route}`) ? path : `${path}/${route}`;
  if (username === "" && password === "") return { url, headers: {}, secrets: [] };
  // A percent sign that begins no escape stands for itself.
  const secret = unescape(password);
  const basic = Buffer.from(`${unescape(username)}:${secret}`).toString("base64");
  return { url, headers: { authorization: `Basic ${basic}` }, secrets: [basic, secret] };
}
