import { setTimeout as pause } from 'node:timers/promises';

import { fill } from './fill.js';
import type { MakeTask } from './task.js';

const WARM_UP_CALLS = 20;
/** In milliseconds: what filling leaves to be done is no part of a single call. */
const AFTER_FILLING = 50;
/** A call that is the first after a pause pays for what has fallen asleep. */
const HITS_BEFORE = 100;

/** Invalidates the tag of all entries. The next call finds none with it: so there is one call in a round. */
export const makeTask: MakeTask = ({ service, source, keys }) => {
  const invalidateTag = () => {
    if (service.invalidateTag === undefined) throw new Error('it knows no tags');
    return service.invalidateTag();
  };
  return {
    async prepare() {
      for (let call = 0; call < WARM_UP_CALLS; call += 1) await invalidateTag();
      const before = source.loads;
      await fill({ service, source, keys });
      if (source.loads - before < keys) throw new Error('what was invalidated is found nevertheless');
      await pause(AFTER_FILLING);
      for (let hit = 0; hit < HITS_BEFORE; hit += 1) await service.find(1);
    },
    call: invalidateTag,
  };
};
