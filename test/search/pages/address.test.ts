import { describe, expect, test } from "vitest";
import { judgeUrl } from "../../../src/search/pages/address.ts";
import { isPublicAddress } from "../../../src/search/pages/public-address.ts";

function isWiki(address: string, host: string): boolean {
  return address === "10.1.2.3" || host === "wiki.internal";
}

const NOT_PUBLIC = "its host is not an address of the public internet";
const LOCAL_NAME = "its host is a name of the local machine or network";
const WEB_ONLY = "only http and https addresses are read";

describe("hosts in every spelling of an address that is not public", () => {
  test.each([
    "127.0.0.1",
    "127.1",
    "127.0.0.53",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0177.0.0.1",
    "①②⑦.⓪.⓪.①",
    "127。0。0。1",
    "127.0.0.1.",
    "%31%32%37.0.0.1",
    "0",
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",
    "2852039166",
    "169.254.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "198.18.0.1",
    "198.19.255.255",
    "192.0.0.192",
    "192.0.2.1",
    "198.51.100.7",
    "203.0.113.9",
    "192.88.99.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "168.63.129.16",
    "[::]",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:7f00:1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:a9fe:a9fe]",
    "[::ffff:8.8.8.8]",
    "[::127.0.0.1]",
    "[::7f00:1]",
    "[::a9fe:a9fe]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b::169.254.169.254]",
    "[64:ff9b:1::1]",
    "[64:ff9b:1:2::10.0.0.1]",
    "[2002:7f00:1::]",
    "[2002:a9fe:a9fe::1]",
    "[::ffff:0:127.0.0.1]",
    "[2001::1]",
    "[2001:0:7f00:1::]",
    "[fd00:ec2::254]",
    "[fc00::1]",
    "[fe80::1]",
    "[febf::1]",
    "[fec0::1]",
    "[feff::1]",
    "[ff02::1]",
    "[2001:db8::1]",
    "[2001:2::1]",
    "[2001:10::1]",
    "[2001:20::1]",
    "[3fff::1]",
    "[5f00::1]",
    "[100::1]",
    "[4000::1]",
    "[1::1]",
  ])("%s", (host) => {
    expect(judgeUrl(`http://${host}/secret`)).toEqual({ refused: NOT_PUBLIC });
  });
});

test.each([
  ["localhost", LOCAL_NAME],
  ["LOCALHOST", LOCAL_NAME],
  ["foo.localhost", LOCAL_NAME],
  ["intranet", LOCAL_NAME],
  ["printer.local", LOCAL_NAME],
  ["metadata.google.internal", LOCAL_NAME],
  ["host.localdomain", LOCAL_NAME],
  ["router.home.arpa", LOCAL_NAME],
  ["localhost.", "its host name ends with a dot"],
  ["metadata.google.internal.", "its host name ends with a dot"],
  ["example.com.", "its host name ends with a dot"],
])("refuses the name %s", (host, refused) => {
  expect(judgeUrl(`https://${host}/`)).toEqual({ refused });
});

test.each([
  ["ftp://example.com/", WEB_ONLY],
  ["file:///etc/passwd", WEB_ONLY],
  ["gopher://example.com/", WEB_ONLY],
  ["data:text/html,hello", WEB_ONLY],
  ["javascript:alert(1)", WEB_ONLY],
  ["JaVa\tScRiPt:alert(1)", WEB_ONLY],
  ["blob:https://example.com/1", WEB_ONLY],
  ["ws://example.com/", WEB_ONLY],
  ["", "it is not an absolute web address"],
  ["example.com", "it is not an absolute web address"],
  ["/path", "it is not an absolute web address"],
  ["//example.com", "it is not an absolute web address"],
  ["http://", "it is not an absolute web address"],
  ["http://[::1%25eth0]/", "it is not an absolute web address"],
  ["http://1.2.3.4.5/", "it is not an absolute web address"],
  ["http://999.1.1.1/", "it is not an absolute web address"],
  ["http://exa mple.com/", "it is not an absolute web address"],
  ["http://user@127.0.0.1/", "it carries a user name or a password"],
  ["https://user:secret@example.com/", "it carries a user name or a password"],
  ["https://bbc.com@example.com/", "it carries a user name or a password"],
  ["http://example.com:22/", "only the ports 80 and 443 are asked"],
  ["https://example.com:6379/", "only the ports 80 and 443 are asked"],
  ["http://example.com:0/", "only the ports 80 and 443 are asked"],
  [`https://example.com/${"x".repeat(2_000)}`, "it is longer than 2000 characters"],
  [`https://example.com/${"ü".repeat(500)}`, "it is longer than 2000 characters"],
])("refuses %s", (url, refused) => {
  expect(judgeUrl(url)).toEqual({ refused });
});

test.each([
  ["https://example.com/a?b=c", "https://example.com/a?b=c"],
  ["http://example.com", "http://example.com/"],
  ["http://example.com:443/", "http://example.com:443/"],
  ["https://example.com:80/", "https://example.com:80/"],
  ["  https://example.com/a#part\n", "https://example.com/a"],
  ["https://EXAMPLE.com/Ä", "https://example.com/%C3%84"],
  ["https://bücher.example/", "https://xn--bcher-kva.example/"],
  ["https://localhost.example.com/", "https://localhost.example.com/"],
  ["https://local.example/", "https://local.example/"],
  ["http://93.184.216.34/", "http://93.184.216.34/"],
  ["http://172.32.0.1/", "http://172.32.0.1/"],
  ["http://100.128.0.1/", "http://100.128.0.1/"],
  ["https://[2606:2800:220:1::1]/", "https://[2606:2800:220:1::1]/"],
])("lets %s through", (url, href) => {
  const decision = judgeUrl(url);
  expect("allowed" in decision && decision.allowed.href).toBe(href);
});

describe("what the operator allows", () => {
  test.each([
    ["http://10.1.2.3/", true],
    ["http://10.1.2.4/", false],
    ["http://127.0.0.1/", false],
    ["http://wiki.internal/", true],
    ["http://wiki/", true],
    ["http://localhost./", false],
  ])("%s: %s", (url, isAllowed) => {
    expect("allowed" in judgeUrl(url, { allowAddress: isWiki })).toBe(isAllowed);
  });

  test("other ports instead of the usual ones", () => {
    expect("allowed" in judgeUrl("http://example.com:8080/", { ports: [8080] })).toBe(true);
    expect(judgeUrl("http://example.com/", { ports: [8080] })).toEqual({
      refused: "only the ports 8080 are asked",
    });
  });
});

test.each(["", "example.com", "127.1", "2130706433", "0x08080808", "010.8.8.8", "fe80::1%eth0", "2606::1%1"])(
  "takes %j for no public address, whoever names it",
  (address) => {
    expect(isPublicAddress(address)).toBe(false);
  },
);
