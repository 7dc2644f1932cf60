import { cpus, loadavg } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";

/** What a turn may have beside it: half a core kept busy by other programs. */
const MOST_OTHERS = 0.5;
const PAUSE_MS = 2000;

let childrenMs = 0;

/** Processor time of a child of ours, which no other program is blamed for. */
export function countOwn(cpuMs: number): void {
  childrenMs += cpuMs;
}

/** How many cores other programs keep busy. The load average would not do: most of it is what is measured here. */
function watchOthers(): () => number {
  const [begun, busy, own] = [performance.now(), busyMs(), ownMs()];
  return () => Math.max(0, (busyMs() - busy - (ownMs() - own)) / (performance.now() - begun));
}

/** How long measurements may wait, all together, for a machine that has nothing else to do. */
export class Patience {
  #leftMs: number;
  #disturbed = 0;
  #turns = 0;

  constructor(seconds: number) {
    this.#leftMs = seconds * 1000;
  }

  /** What `turn` gives, of a time in which others let the machine alone; of any when no patience is left. */
  async take<Turn>(turn: () => Promise<Turn>): Promise<Turn> {
    for (;;) {
      const othersNow = watchOthers();
      const begun = performance.now();
      const taken = await turn();
      const others = othersNow();
      if (others <= MOST_OTHERS || this.#leftMs <= 0) {
        this.#turns += 1;
        if (others > MOST_OTHERS) this.#disturbed += 1;
        return taken;
      }
      await sleep(PAUSE_MS);
      this.#leftMs -= performance.now() - begun;
    }
  }

  /** In words, what there was beside the turns since the last word. */
  tell(): string {
    const [turns, disturbed] = [this.#turns, this.#disturbed];
    [this.#turns, this.#disturbed] = [0, 0];
    const load = `Load average ${(loadavg()[0] ?? 0).toFixed(2)}, this measurement's own share included.`;
    return disturbed === 0
      ? `${load} In all ${turns} turns other programs kept at most ${MOST_OTHERS} cores busy.`
      : `${load} **In ${disturbed} of ${turns} turns other programs kept more than ${MOST_OTHERS} cores busy.**`;
  }
}

function busyMs(): number {
  return cpus().reduce((sum, { times: { user, nice, sys, irq } }) => sum + user + nice + sys + irq, 0);
}

function ownMs(): number {
  const { user, system } = process.cpuUsage();
  return childrenMs + (user + system) / 1000;
}
