import { expect } from 'chai';
import fc from 'fast-check';

import { BUS_FORMAT, formatAnnouncement, parseMessage } from '../../lib/invalidation/bus-message.js';

const PREFIX = `${BUS_FORMAT}epoch 7 `;

describe('A message of the bus', () => {
  it('is read as it was written, for any keys and tags', () => {
    const names = fc.array(fc.string({ unit: 'binary' }));
    fc.assert(
      fc.property(fc.oneof(fc.record({ keys: names, tags: names }), fc.constant('all' as const)), (what) => {
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
    ['keys that are no texts', `${PREFIX}origin\n{"keys":[1],"tags":[]}`],
    ['no tags', `${PREFIX}origin\n{"keys":["a"]}`],
    ['tags that are no list', `${PREFIX}origin\n{"keys":[],"tags":{"length":0}}`],
    ['a list', `${PREFIX}origin\n["a"]`],
    ['null', `${PREFIX}origin\nnull`],
    ['another word', `${PREFIX}origin\n"some"`],
  ] as const) {
    it(`is none with ${title}`, () => {
      expect(parseMessage(text)).to.equal(undefined);
    });
  }
});
