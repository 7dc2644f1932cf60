/** A value, or the promise of one. */
export type Awaitable<Value> = Value | Promise<Value>;

/**
 * A computation that asks a store in between, written once for one that answers at once and for one behind a network.
 * What it yields is to be run, and waited for, before it goes on.
 */
export type Steps<Value> = Generator<() => Awaitable<void>, Value, void>;

/** Asks a store: `const count = yield* ask(() => store.count());` */
export function* ask<Value>(question: () => Awaitable<Value>): Steps<Value> {
  const answers: Value[] = [];
  yield () => {
    const answer = question();
    if (answer instanceof Promise) return answer.then((value: Value) => void answers.push(value));
    answers.push(answer);
    return undefined;
  };
  for (const answer of answers) return answer;
  throw new Error("A step was not waited for.");
}

/** Runs a computation over a store that answers at once. */
export function atOnce<Value>(steps: Steps<Value>): Value {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    void step.value();
  }
}

/** Runs a computation over any store. */
export async function inTurn<Value>(steps: Steps<Value>): Promise<Value> {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await step.value();
  }
}
