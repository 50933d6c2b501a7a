import { expect } from 'chai';
import fc from 'fast-check';

import { BUS_FORMAT, formatAnnouncement, parseMessage } from '../../lib/invalidation/bus-message.js';

const PREFIX = `${BUS_FORMAT}epoch 7 `;

describe('A message of the bus', () => {
  it('is read as it was written, for any keys', () => {
    fc.assert(
      fc.property(fc.oneof(fc.array(fc.string({ unit: 'binary' })), fc.constant('all' as const)), (what) => {
        expect(parseMessage(PREFIX + formatAnnouncement('origin', what))).to.deep.equal({
          epoch: 'epoch',
          sequence: 7,
          origin: 'origin',
          what,
        });
      }),
    );
  });

  for (const [title, text] of [
    ['nothing', ''],
    ['another format', `fb2 epoch 7 origin\n"all"`],
    ['no origin', `${BUS_FORMAT}epoch 7\n"all"`],
    ['no number', `${BUS_FORMAT}epoch seven origin\n"all"`],
    ['no line break', `${PREFIX}origin "all"`],
    ['what is no JSON', `${PREFIX}origin\nall`],
    ['what is no list of texts', `${PREFIX}origin\n[1]`],
    ['an object', `${PREFIX}origin\n{"length":0}`],
    ['another word', `${PREFIX}origin\n"some"`],
  ] as const) {
    it(`is none with ${title}`, () => {
      expect(parseMessage(text)).to.equal(undefined);
    });
  }
});
