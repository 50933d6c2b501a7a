import { expect } from 'chai';

import { everyKey, KeySample, weightOf, type Sampled } from '../../lib/statistics/key-sample.js';
import { hashOf } from '../../lib/statistics/text-hash.js';

describe('a sample of keys', () => {
  const fill = (sample: KeySample<Sampled>, population: Sampled, name: string, count: number) => {
    for (let id = 0; id < count; id += 1) {
      const hash = hashOf(`${name}:${id}`);
      if (hash < population.threshold && sample.slotOf(hash) === undefined) sample.add(hash, population);
    }
  };

  it('has all keys while there is room, each of which stands for itself', () => {
    const sample = new KeySample(100);
    const population = everyKey();
    fill(sample, population, 'user', 100);
    expect([sample.size, population.sampled, weightOf(population)]).to.deep.equal([100, 100, 1]);
  });

  it('is never larger than it may be, and its keys stand for all there are', () => {
    const sample = new KeySample(1_000);
    const population = everyKey();
    fill(sample, population, 'user', 100_000);
    expect(sample.size).to.be.within(400, 1_000).and.to.equal(population.sampled);
    expect(population.sampled * weightOf(population)).to.be.closeTo(100_000, 12_000);
  });

  it('gives a pattern of few keys room beside one of many', () => {
    const sample = new KeySample(1_000);
    const many = everyKey();
    const few = everyKey();
    fill(sample, many, 'user', 50_000);
    fill(sample, few, 'country', 200);
    fill(sample, many, 'more', 50_000);
    expect([few.sampled, weightOf(few)]).to.deep.equal([200, 1]);
    expect(many.sampled).to.be.within(300, 800);
  });

  it('has a share for each of more patterns than there is room for', () => {
    const sample = new KeySample(64);
    const populations = Array.from({ length: 1_000 }, everyKey);
    for (const [index, population] of populations.entries()) fill(sample, population, String(index), 20);
    const inAll = populations.reduce((sum, { sampled }) => sum + sampled, 0);
    expect(inAll).to.equal(sample.size).and.to.be.at.most(64);
  });

  it('makes room among more patterns than a function may be given arguments', () => {
    const sample = new KeySample(150_000);
    for (let index = 0; index < 150_100; index += 1) fill(sample, everyKey(), String(index), 1);
    expect(sample.size).to.be.within(70_000, 80_000);
  });

  it('has a key always or never: one that was given up does not come back, and keeps no slot', () => {
    const sample = new KeySample(10);
    const population = everyKey();
    fill(sample, population, 'user', 1_000);
    const slots = [...sample.slots()];
    expect(new Set(slots).size).to.equal(slots.length);
    expect(Math.max(...slots)).to.be.below(10);
    const before = sample.size;
    fill(sample, population, 'user', 1_000);
    expect(sample.size).to.equal(before);
  });
});
