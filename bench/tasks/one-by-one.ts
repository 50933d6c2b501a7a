import { fillOnce } from './fill.js';
import { LENGTH } from './list.js';
import type { MakeTask } from './task.js';

/** Asks for as many as a list has, one after the other. */
export const makeTask: MakeTask = ({ service, source, keys }) => ({
  prepare: fillOnce({ service, source, keys: keys + LENGTH }),
  async call(first) {
    for (let id = first; id < first + LENGTH; id += 1) await service.find(id);
  },
});
