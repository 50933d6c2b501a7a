import { fill } from './fill.js';
import type { MakeTask } from './task.js';

/** Invalidates entries that are there, each once: before the next calls they are loaded again. */
export const makeTask: MakeTask = ({ service, source }) => {
  let invalidated = 0;
  return {
    async prepare(calls) {
      const gone = Math.min(invalidated, calls);
      const before = source.loads;
      await fill({ service, source, keys: calls });
      if (source.loads - before < gone) throw new Error('what was invalidated is found nevertheless');
      invalidated = 0;
    },
    call() {
      invalidated += 1;
      return service.invalidate(invalidated);
    },
  };
};
