import type { Address, Place } from "./session/view.ts";

const KEY = "agentic-rag-key";
const ADDRESS = /^#\/([0-9a-f-]{36})(?:\/([0-9a-f-]{36}))?$/i;

/** This tab: the key is forgotten with it, and the address says which thread is shown. */
export function browserPlace(): Place {
  return {
    key: {
      get: () => sessionStorage.getItem(KEY),
      set(key) {
        if (key === null) sessionStorage.removeItem(KEY);
        else sessionStorage.setItem(KEY, key);
      },
    },
    address: {
      get() {
        const [, thread, checkpoint] = ADDRESS.exec(location.hash) ?? [];
        return { thread, checkpoint };
      },
      set(address, replace = false) {
        const hash = addressOf(address);
        if (location.hash === hash || (hash === "#/" && location.hash === "")) return;
        if (replace) history.replaceState(null, "", hash);
        else history.pushState(null, "", hash);
      },
    },
    wait: (milliseconds) =>
      new Promise((resolve) => {
        setTimeout(resolve, milliseconds);
      }),
  };
}

export function addressOf({ thread, checkpoint }: Address): string {
  return `#/${[thread, checkpoint].filter((part) => part !== undefined).join("/")}`;
}
