/**
 * In JavaScript, where decorators are standard ones in both runs of the suite: the legacy dialect knows none on `#private`
 * methods.
 */
export function defineCounter(decorator) {
  class Counter {
    #counts = 0;

    @decorator
    async #count(name) {
      this.#counts += 1;
      return name === '' ? 0 : this.#counts;
    }

    async countTwice(name) {
      return [await this.#count(name), await this.#count(name)];
    }
  }
  return new Counter();
}
