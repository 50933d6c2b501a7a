import { log } from './log.js';

/**
 * The first signal lets requests and background work end; with nothing left open the process then ends by itself. A
 * second signal does not wait.
 */
export function stopOnSignal(stop: () => Promise<void>): void {
  let stopping = false;
  const onSignal = (signal: NodeJS.Signals) => {
    if (stopping) process.exit(1);
    stopping = true;
    log(`${signal}: stopping`);
    stop().catch((error: unknown) => {
      log(`could not stop in order: ${String(error)}`);
      process.exitCode = 1;
    });
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
}
