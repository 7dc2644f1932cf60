import { lookup as systemLookup } from "node:dns/promises";
import { isIP, type LookupFunction } from "node:net";
import type { Agent, buildConnector } from "undici";
import { withDeadline } from "../../net/deadline.ts";
import { type AddressRules, isAllowedAddress } from "./address.ts";

/** All addresses of a host name; rejects like the system's lookup when there is none. */
export type Lookup = (host: string) => Promise<readonly string[]>;

export interface ConnectOptions extends AddressRules {
  /** Time for the lookup, and again for the connection, in milliseconds. Default 5,000. */
  readonly connectMs?: number;
  /** Default: the system's. */
  readonly lookup?: Lookup;
  /** Opens sockets to these addresses, which have been judged, and to no other. Default: undici's connector. */
  readonly connector?: (addresses: readonly string[]) => buildConnector.connector;
}

/** A connection that was not opened, because of where it leads. */
export class ForbiddenAddressError extends Error {
  override readonly name = "ForbiddenAddressError";
}

const DEFAULT_CONNECT_MS = 5_000;

/**
 * Opens connections to allowed addresses only. A host name is looked up once for each connection: one address that
 * is not allowed refuses them all, and the socket goes to the addresses that were judged, without a second lookup.
 * Proxies of the environment are not used: they would look the name up themselves.
 */
export async function createGuardedAgent(options: ConnectOptions): Promise<Agent> {
  const undici = await import("undici");
  const connectMs = options.connectMs ?? DEFAULT_CONNECT_MS;
  const connector = options.connector ?? connectorTo(undici.buildConnector, connectMs);
  const agent = new undici.Agent({
    maxRequestsPerClient: 1,
    connect: (target, opened) => void open(target, opened),
  });
  async function open(target: buildConnector.Options, opened: buildConnector.Callback): Promise<void> {
    try {
      const addresses = await findAddresses(target.hostname, options, connectMs);
      if (agent.destroyed) throw new Error("The reading has ended.");
      connector(addresses)(target, opened);
    } catch (error) {
      opened(error instanceof Error ? error : new Error("The connection failed."), null);
    }
  }
  return agent;
}

async function findAddresses(
  host: string,
  options: ConnectOptions,
  connectMs: number,
): Promise<readonly string[]> {
  const addresses = isIP(host) === 0 ? await resolve(host, options.lookup ?? lookupAll, connectMs) : [host];
  if (!addresses.every((address) => isAllowedAddress(address, host, options))) {
    throw new ForbiddenAddressError("its host leads to an address that is not of the public internet");
  }
  return addresses;
}

async function resolve(host: string, lookup: Lookup, connectMs: number): Promise<readonly string[]> {
  const addresses = await withDeadline({ deadlineMs: connectMs, signal: undefined }, () => lookup(host));
  if (addresses === "deadline") throw failure("EAI_AGAIN");
  if (addresses.length === 0) throw failure("ENOTFOUND");
  return addresses;
}

async function lookupAll(host: string): Promise<readonly string[]> {
  const found = await systemLookup(host, { all: true });
  return found.map(({ address }) => address);
}

function connectorTo(
  build: typeof buildConnector,
  timeout: number,
): (addresses: readonly string[]) => buildConnector.connector {
  return (addresses) => build({ timeout, lookup: pinTo(addresses) });
}

/** A lookup that answers what was found before. */
function pinTo(addresses: readonly string[]): LookupFunction {
  const found = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_host, { all }, callback) => {
    const [first] = found;
    if (all === true) callback(null, found);
    else if (first === undefined) callback(failure("ENOTFOUND"), "");
    else callback(null, first.address, first.family);
  };
}

function failure(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(code), { code });
}
