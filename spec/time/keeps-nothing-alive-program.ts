/** Run by timers.spec.ts in a process of its own, which must end though these timers would last an hour. */
import { sleep, within } from '../../lib/time/timers.js';

const HOUR = 3_600_000;

void sleep(HOUR, 'lets the process end');
void within(new Promise(() => undefined), HOUR);
process.stdout.write('started');
