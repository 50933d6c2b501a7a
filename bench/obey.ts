/** In milliseconds: whoever does not close by then is left behind. */
const CLOSES_WITHIN = 5_000;

/** What the process was started with (`child.ts`). */
export function argument(): unknown {
  return JSON.parse(process.argv[2] ?? '{}');
}

/** Answers each order of the process that started this one, and ends when that one closes it, or is gone. A failure ends it at once. */
export function obey(answer: (order: never) => Promise<unknown>, close: () => Promise<unknown>): void {
  const exit = () => process.exit();
  process.on('message', (order) => {
    void answer(order as never).then((reply) => process.send?.(reply));
  });
  process.once('disconnect', () => {
    setTimeout(exit, CLOSES_WITHIN);
    void close().finally(exit);
  });
  process.send?.('ready');
}
