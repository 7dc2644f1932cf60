import { IterableReadableStream } from "@langchain/core/utils/stream";

/** The same stream; one that nobody reads to its end fires the controller at once, even while a piece is awaited. */
export function abortingWhenLeft<Piece>(
  stream: ReadableStream<Piece>,
  left: AbortController,
): IterableReadableStream<Piece> {
  const reader = stream.getReader();
  return new IterableReadableStream<Piece>({
    async pull(controller) {
      const { done, value } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel(reason) {
      left.abort();
      // what was under way ends by the abort
      await reader.cancel(reason).catch(() => {});
    },
  });
}
