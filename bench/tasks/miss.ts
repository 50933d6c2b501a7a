import type { MakeTask } from './task.js';

/** Asks for what nobody has asked for before. */
export const makeTask: MakeTask = ({ service }) => {
  let asked = 0;
  return {
    prepare: async () => undefined,
    call() {
      asked += 1;
      return service.find(asked);
    },
  };
};
