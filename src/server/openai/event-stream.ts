import type { Chunk } from "./chunks.ts";

export interface EventStreamOptions {
  /** After so long without an event a comment is sent, so that no proxy takes the connection for dead. */
  readonly keepAliveMs: number;
  /** The client has left. */
  readonly onCancel: () => void;
  /** What is told when the chunks break off; nothing more follows then, not even the end mark. */
  readonly onError: (error: unknown) => Chunk;
}

/**
 * Server-sent events, ended by `[DONE]` when the chunks end by themselves. Chunks are taken as fast as they come: a
 * slow reader does not hold the model up, and the budgets of a run bound what waits for it.
 */
export function toEventStream(
  first: Promise<IteratorResult<Chunk, void>>,
  rest: AsyncGenerator<Chunk, void>,
  { keepAliveMs, onCancel, onError }: EventStreamOptions,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let open = true;

  async function pump(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    const write = (text: string): void => {
      if (open) controller.enqueue(encoder.encode(text));
    };
    const idle = setInterval(() => write(": keep-alive\n\n"), keepAliveMs);
    try {
      for (let step = await first; step.done !== true; step = await rest.next()) {
        write(`data: ${JSON.stringify(step.value)}\n\n`);
        idle.refresh();
      }
      write("data: [DONE]\n\n");
    } catch (error) {
      if (open) write(`data: ${JSON.stringify(onError(error))}\n\n`);
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
