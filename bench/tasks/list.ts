import { fillOnce } from './fill.js';
import type { MakeTask } from './task.js';

export const LENGTH = 100;

/** Asks for a hundred that are there, together: those from an id on. */
export const makeTask: MakeTask = ({ service, source, keys }) => ({
  prepare: fillOnce({ service, source, keys: keys + LENGTH }),
  call(first) {
    const ids = Array.from({ length: LENGTH }, (_, index) => first + index);
    return service.findMany === undefined ? Promise.all(ids.map((id) => service.find(id))) : service.findMany(ids);
  },
});
