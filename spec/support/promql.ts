/** What an expression of PromQL speaks of. */
export interface PromqlNames {
  /** The metrics that it selects, each with the labels it asks for. */
  readonly selectors: readonly { readonly metric: string; readonly labels: readonly Matcher[] }[];
  /** The labels by which it groups, each time that it does. */
  readonly groupings: readonly (readonly string[])[];
}

export interface Matcher {
  readonly label: string;
  readonly operator: string;
  readonly value: string;
}

const TOKEN =
  /\s*(?:("(?:[^"\\]|\\.)*")|(\[[^\]]*\])|([a-zA-Z_:][\w:]*)|(\d[\w.]*)|(=~|!~|!=|==|<=|>=|[-+*/%^(){},<>=]))/y;
const WORDS: ReadonlySet<string> = new Set([
  'and',
  'or',
  'unless',
  'offset',
  'bool',
  'ignoring',
  'on',
  'by',
  'without',
]);
const GROUPING: ReadonlySet<string> = new Set(['by', 'without', 'on', 'ignoring']);

function tokensOf(expression: string): string[] {
  const tokens: string[] = [];
  const text = expression.trimEnd();
  for (let at = 0; at < text.length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(text)?.[0].trim();
    if (token === undefined) throw new Error(`Expected PromQL, got ${text.slice(at)}`);
    tokens.push(token);
  }
  return tokens;
}

/** Enough of PromQL for what `docs/grafana` has: a name that is no word and is not called is a metric. */
export function namesIn(expression: string): PromqlNames {
  const tokens = tokensOf(expression);
  const selectors: { metric: string; labels: Matcher[] }[] = [];
  const groupings: string[][] = [];
  let at = 0;
  while (at < tokens.length) {
    const token = tokens[at] ?? '';
    at += 1;
    if (GROUPING.has(token)) {
      const end = tokens.indexOf(')', at);
      groupings.push(tokens.slice(at + 1, end).filter((each) => each !== ','));
      at = end + 1;
    } else if (/^[a-zA-Z_:]/.test(token) && !WORDS.has(token) && !isCalled(tokens, at)) {
      const end = tokens[at] === '{' ? tokens.indexOf('}', at) : at;
      selectors.push({ metric: token, labels: matchersIn(tokens.slice(at + 1, end)) });
      at = Math.max(at, end);
    }
  }
  return { selectors, groupings };
}

/** `rate(`, and `sum by (…) (`. */
function isCalled(tokens: readonly string[], at: number): boolean {
  const next = tokens[at] ?? '';
  return next === '(' || next === 'by' || next === 'without';
}

function matchersIn(tokens: readonly string[]): Matcher[] {
  const matchers: Matcher[] = [];
  for (let at = 0; at < tokens.length; at += 4) {
    const [label = '', operator = '', value = ''] = tokens.slice(at, at + 3);
    matchers.push({ label, operator, value: JSON.parse(value) as string });
  }
  return matchers;
}
