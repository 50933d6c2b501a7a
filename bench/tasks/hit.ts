import { fillOnce } from './fill.js';
import type { MakeTask } from './task.js';

/** Asks for what is there. */
export const makeTask: MakeTask = ({ service, source, keys }) => ({
  prepare: fillOnce({ service, source, keys }),
  call: (id) => service.find(id),
});
