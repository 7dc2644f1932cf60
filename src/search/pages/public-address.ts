import ipaddr from "ipaddr.js";

/** Where the registry has given out public IPv6 so far. All forms that embed IPv4 in zeros or in 64:ff9b lie outside. */
const GLOBAL_UNICAST = ipaddr.parseCIDR("2000::/3");

/** Inside public ranges and still not the internet: documentation (RFC 9637), and the host's own service at Azure. */
const NOT_PUBLIC = ["3fff::/20", "168.63.129.16/32"].map((range) => ipaddr.parseCIDR(range));

/**
 * True for an IP address of the public internet. Not so: private, loopback, link-local (cloud metadata), shared,
 * multicast, documentation and benchmarking ranges, and every IPv6 form that stands for an IPv4 address (mapped,
 * compatible, translated, 6to4, Teredo), because a gateway may send it anywhere.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.IPv4.isValidFourPartDecimal(address) && !ipaddr.IPv6.isValid(address)) return false;
  if (address.includes("%")) return false;
  const parsed = ipaddr.parse(address);
  const inside = ([range, bits]: ReturnType<typeof ipaddr.parseCIDR>): boolean =>
    parsed.kind() === range.kind() && parsed.match(range, bits);
  if (parsed.kind() === "ipv6" && !inside(GLOBAL_UNICAST)) return false;
  return parsed.range() === "unicast" && !NOT_PUBLIC.some(inside);
}
