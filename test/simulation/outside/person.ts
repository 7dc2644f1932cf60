import type { ApprovalRequest } from "../../../src/graph/approval/approval.ts";
import type { World } from "../world.ts";

/** Nobody is asked for ever: after so many refusals they let it pass. */
const PATIENCE = 4;

/** A person who approves, edits, denies, hints, answers nonsense, or goes away. */
export class Person {
  readonly #world: World;
  #refusals = 0;
  #absences = 0;

  constructor(world: World) {
    this.#world = world;
  }

  /** `undefined` where they leave it for later. */
  answer(asked: unknown): unknown {
    const { chance } = this.#world;
    const request = asked as ApprovalRequest;
    const run = this.#world.runOf(request.question, "the question that a person is asked about");
    const items = request.type === "approve-search" ? request.queries : request.urls;
    run.asked(items);
    const kind =
      this.#refusals >= PATIENCE
        ? "approve"
        : chance.weigh({
            approve: 8,
            edit: 4,
            hint: 2,
            deny: 4,
            nonsense: 4,
            away: this.#absences < 3 ? 3 : 0,
          });
    this.#world.note(`person: ${kind} ${JSON.stringify(items)}`);
    switch (kind) {
      case "approve":
        run.decided(items, undefined, "granted");
        return { decision: "approve" };
      case "edit": {
        const most = request.type === "approve-search" ? request.searchesLeft : request.pagesLeft;
        const made = (at: number): string =>
          request.type === "approve-search"
            ? `${run.mark} edited ${at}`
            : `https://edited.example/${run.mark}/${at}`;
        const edits = Array.from({ length: chance.int(1, Math.max(1, most)) }, () =>
          chance.is(0.3) ? (items[0] ?? made(0)) : made(chance.int(1, 9)),
        );
        run.decided(items, edits, "denied");
        return request.type === "approve-search"
          ? { decision: "edit", queries: edits }
          : { decision: "edit", urls: edits };
      }
      case "hint":
      case "deny":
        this.#refusals += 1;
        run.decided(items, undefined, "denied");
        return kind === "hint" ? { decision: "hint", hint: "Look elsewhere" } : { decision: "deny" };
      case "nonsense":
        this.#refusals += 1;
        return chance.pick<unknown>([
          "yes",
          42,
          {},
          [],
          { decision: "maybe" },
          { decision: "edit", queries: [], urls: [] },
          { decision: "edit", queries: ["two\nlines"], urls: ["javascript:alert(1)"] },
          { decision: "approve", queries: ["more"] },
          { decision: "hint" },
        ]);
      case "away":
        this.#absences += 1;
        return undefined;
    }
  }
}
