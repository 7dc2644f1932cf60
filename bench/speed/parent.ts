/** In a child process: tells the parent that it is ready, and answers each of its messages in turn. */
export function answerParent(ready: object, answer: (message: unknown) => Promise<object>): void {
  process.on("message", (message) => {
    answer(message).then(tell, (error: unknown) => tell({ failed: String(error) }));
  });
  // a child never outlives its parent
  process.on("disconnect", () => process.exit(0));
  tell(ready);
}

function tell(value: object): void {
  const { user, system } = process.cpuUsage();
  process.send?.({ ...value, processMs: (user + system) / 1000 });
}
