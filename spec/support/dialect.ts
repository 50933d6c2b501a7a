export type Dialect = 'legacy' | 'standard';

let seen: Dialect = 'legacy';

/** Legacy decorators are told the method's name, standard ones a context object. */
function note(...args: unknown[]): void {
  seen = typeof args[1] === 'object' ? 'standard' : 'legacy';
}

class Probe {
  @note
  dialect(): Dialect {
    return seen;
  }
}

/** The dialect in which the specs of this run are compiled. */
export const dialect = new Probe().dialect();

/**
 * For specs of real processes, which take long and contain no decorators: they behave alike in both dialects, so they are
 * defined in the legacy run alone. Nothing is skipped: `npm test` always runs both.
 */
export function describeInOneDialect(title: string, body: (this: Mocha.Suite) => void): void {
  if (dialect === 'legacy') describe(title, body);
}
