import { expect, test } from "vitest";
import { readEndpoint } from "../../../../src/search/engines/wire/endpoint.ts";

/** What a server reads of the header. */
function credentialsOf(baseUrl: string): string {
  const { headers, url } = readEndpoint("Test", baseUrl, "search");
  expect(url.href).toBe("http://host/search");
  return Buffer.from(headers["authorization"]?.replace("Basic ", "") ?? "", "base64").toString();
}

test.each([
  ["http://me:secret@host", "me:secret"],
  ["http://me:a%40b%25@host/", "me:a@b%"],
  ["http://me:100%@host", "me:100%"],
  ["http://me:100%25%zz@host/search/", "me:100%%zz"],
  ["http://50%:%E4%BD%A0%@host", "50%:你%"],
  ["http://token@host", "token:"],
])("the user name and password in %s become a header", (baseUrl, credentials) => {
  expect(credentialsOf(baseUrl)).toBe(credentials);
});

test("and are secrets", () => {
  const { secrets } = readEndpoint("Test", "http://me:100%25%@host", "search");
  expect(secrets).toEqual([Buffer.from("me:100%%").toString("base64"), "100%%"]);
});
