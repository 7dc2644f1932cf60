export interface EventStreamOptions<Piece> {
  /** After so long without an event a comment is sent, so that no proxy takes the connection for dead. */
  readonly keepAliveMs: number;
  /** The client has left. */
  readonly onCancel: () => void;
  /** A piece as an event, without the blank line that ends it. */
  readonly write: (piece: Piece) => string;
  /** What follows when the pieces end by themselves, likewise. Default: nothing. */
  readonly end?: string;
  /** What is told when the pieces break off; nothing more follows then, not even `end`. */
  readonly onError: (error: unknown) => Piece;
}

/**
 * Server-sent events. Pieces are taken as fast as they come: a slow reader does not hold the model up, and the budgets of
 * a run bound what waits for it.
 */
export function toEventStream<Piece>(
  first: Promise<IteratorResult<Piece, void>>,
  rest: AsyncGenerator<Piece, void>,
  { keepAliveMs, onCancel, write, end, onError }: EventStreamOptions<Piece>,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let open = true;

  async function pump(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    const send = (text: string): void => {
      if (open) controller.enqueue(encoder.encode(`${text}\n\n`));
    };
    const idle = setInterval(() => send(": keep-alive"), keepAliveMs);
    try {
      for (let step = await first; step.done !== true; step = await rest.next()) {
        send(write(step.value));
        idle.refresh();
      }
      if (end !== undefined) send(end);
    } catch (error) {
      if (open) send(write(onError(error)));
    } finally {
      clearInterval(idle);
      if (open) controller.close();
      open = false;
    }
  }

  return new ReadableStream<Uint8Array>({
    start(controller) {
      void pump(controller);
    },
    cancel() {
      open = false;
      onCancel();
    },
  });
}
