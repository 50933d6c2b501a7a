import type { Call } from './caller.js';

/** For the cheapest calls about as long again. */
const AWAITS = 20;

/** A call that takes longer: with it, a comparison has to find a loss. */
export function handicapped(call: Call): Call {
  return async (id) => {
    const answer = await call(id);
    for (let turn = 0; turn < AWAITS; turn += 1) await Promise.resolve();
    return answer;
  };
}
