/** The calls that run in this process, by session and by the id that their client gave them. */
export interface InFlight {
  /** Gives what forgets the call again. Without a session nothing is kept: such a call cannot be named. */
  add(session: string | undefined, id: string | number, cancel: () => void): () => void;
  cancel(session: string | undefined, id: string | number): void;
  cancelAll(session: string | undefined): void;
}

export function createInFlight(): InFlight {
  const sessions = new Map<string, Map<string | number, () => void>>();
  return {
    add(session, id, cancel) {
      if (session === undefined) return () => {};
      const calls = sessions.get(session) ?? new Map<string | number, () => void>();
      sessions.set(session, calls);
      calls.set(id, cancel);
      return () => {
        if (calls.get(id) !== cancel) return;
        calls.delete(id);
        if (calls.size === 0 && sessions.get(session) === calls) sessions.delete(session);
      };
    },
    cancel(session, id) {
      if (session !== undefined) sessions.get(session)?.get(id)?.();
    },
    cancelAll(session) {
      if (session === undefined) return;
      for (const cancel of sessions.get(session)?.values() ?? []) cancel();
    },
  };
}
