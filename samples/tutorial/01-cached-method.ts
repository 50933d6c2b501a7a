import { Cached, configureCache, MemoryStore } from 'freshkeep';

// Once, when the program starts. Decorated methods look for this cache when they are called, not when they are declared.
const cache = configureCache({ store: new MemoryStore() });

class Weather {
  // `{0}` is the first argument. A value is fresh for five minutes; then the next call loads it again.
  @Cached('weather:{0}', '5m')
  async in(city: string): Promise<string> {
    console.log(`  load ${city}`);
    if (city === 'Atlantis') throw new Error('there is no such city');
    return `12 °C in ${city}`;
  }
}

const weather = new Weather();

console.log('The first call is a miss: it loads.');
console.log(await weather.in('Oslo'));

console.log('\nThe second one is a hit: the method is not called.');
console.log(await weather.in('Oslo'));

console.log('\nAnother city has an entry of its own.');
console.log(await weather.in('Lima'));

// However many callers ask at once: no stampede.
console.log('\nFive calls at the same time share one load.');
const answers = await Promise.all(Array.from({ length: 5 }, () => weather.in('Cairo')));
console.log(`${answers.length} times: ${answers[0]}`);

// An error is never an entry: the next call tries again.
console.log("\nThe method's own errors reach the caller, and are not cached.");
for (let attempt = 1; attempt <= 2; attempt += 1) {
  await weather.in('Atlantis').catch((error: unknown) => {
    console.log(String(error));
  });
}

await cache.close(); // when the program ends: waits for what is still going on
