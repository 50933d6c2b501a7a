import { fork, spawnSync, type ChildProcess } from 'node:child_process';
import { availableParallelism, constants, setPriority } from 'node:os';
import { join } from 'node:path';

/**
 * Keeps the processor's cores from sleeping, with one idle process for each that gives way to any other. A client and a
 * server that wait for each other sleep and wake at every call. How long a wake-up takes depends on the machine (on a
 * virtual one up to three times as long as the call itself), and so on luck which contender of a round pays for it.
 *
 * @returns a function that lets the cores sleep again
 */
export function keepCoresAwake(): () => void {
  const idlers = Array.from({ length: availableParallelism() }, startIdler);
  return () => {
    for (const idler of idlers) idler.kill();
  };
}

function startIdler(): ChildProcess {
  const idler = fork(join(import.meta.dirname, 'idler.mjs'), { execArgv: [] });
  const pid = idler.pid;
  if (pid === undefined) return idler;
  setPriority(pid, constants.priority.PRIORITY_LOW);
  // Where Linux has it, a class of its own below every priority; elsewhere the lowest priority has to do.
  spawnSync('chrt', ['--idle', '--pid', '0', String(pid)], { stdio: 'ignore' });
  return idler;
}
