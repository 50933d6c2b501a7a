import { PendingInvalidations } from '../../lib/cache/pending-invalidations.js';
import { PositionTracker } from '../../lib/invalidation/position-tracker.js';
import type { PlantedBug } from './process-protocol.js';

/** Takes a mechanism out of this process. */
export function plantBug(bug: PlantedBug): void {
  switch (bug) {
    case 'ticket check off':
      // By the kind of store.
      return;
    case 'bus gap ignored':
      ignoreGaps();
      return;
    case 'queue dropped':
      PendingInvalidations.prototype.add = () => undefined;
  }
}

function ignoreGaps(): void {
  const receive = PositionTracker.prototype.receive;
  PositionTracker.prototype.receive = function (message) {
    const place = receive.call(this, message);
    if (place !== 'gap') return place;
    this.adopt({ ...message, sequence: message.sequence - 1 });
    return receive.call(this, message);
  };
  PositionTracker.prototype.compare = () => 'in step';
}
