import { buildConnector } from "undici";
import type { ConnectOptions } from "../../../src/search/pages/guarded-agent.ts";

/** What a reader was about to connect to. */
export interface Dial {
  readonly host: string;
  readonly port: string;
  readonly addresses: readonly string[];
}

export interface Switchboard extends Required<Pick<ConnectOptions, "connector" | "lookup">> {
  readonly dials: readonly Dial[];
  /** Host names in the order in which they were looked up. */
  readonly lookups: readonly string[];
}

/**
 * A network that is not there: names stand for what `names` says, one answer for each lookup (the last for all that
 * follow), and every connection goes to the server at `loopback`, or is refused where there is none.
 */
export function createSwitchboard(
  names: Readonly<Record<string, readonly (readonly string[])[]>>,
  loopback?: string,
): Switchboard {
  const dials: Dial[] = [];
  const lookups: string[] = [];
  const connect = buildConnector({ timeout: 5_000 });
  return {
    dials,
    lookups,
    async lookup(host) {
      const answers = names[host] ?? [];
      const before = lookups.filter((name) => name === host).length;
      lookups.push(host);
      const answer = answers[Math.min(before, answers.length - 1)];
      if (answer === undefined) throw Object.assign(new Error(host), { code: "ENOTFOUND" });
      return answer;
    },
    connector: (addresses) => (target, callback) => {
      dials.push({ host: target.hostname, port: target.port, addresses });
      if (loopback === undefined) {
        callback(Object.assign(new Error("refused"), { code: "ECONNREFUSED" }), null);
        return;
      }
      const { hostname, port } = new URL(loopback);
      connect({ ...target, protocol: "http:", hostname, port }, callback);
    },
  };
}
