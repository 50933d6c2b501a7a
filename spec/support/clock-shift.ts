/**
 * Imported before everything else: moves the wall clock of this process by FRESHKEEP_SPEC_CLOCK_SHIFT milliseconds, as if
 * it ran on a machine whose clock is wrong.
 */
const shift = Number(process.env['FRESHKEEP_SPEC_CLOCK_SHIFT'] ?? 0);

if (shift !== 0) {
  const TrueDate = Date;
  globalThis.Date = new Proxy(TrueDate, {
    construct: (target, args: unknown[], newTarget) =>
      Reflect.construct(target, args.length === 0 ? [target.now() + shift] : args, newTarget) as Date,
    get: (target, name, receiver): unknown =>
      name === 'now' ? () => target.now() + shift : Reflect.get(target, name, receiver),
  });
}
