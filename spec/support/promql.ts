import { parser } from '@prometheus-io/lezer-promql';

/** What an expression of PromQL speaks of. */
export interface PromqlNames {
  /** The metrics that it selects, each with the labels it asks for. */
  readonly selectors: readonly { readonly metric: string; readonly labels: readonly Matcher[] }[];
  /** The metrics of which it takes the growth in an interval, as by `rate`. */
  readonly rated: readonly string[];
  /** The labels by which it groups, each time that it does. */
  readonly groupings: readonly (readonly string[])[];
}

export interface Matcher {
  readonly label: string;
  readonly operator: string;
  readonly value: string;
}

type Node = ReturnType<typeof parser.parse>['topNode'];

/** Grafana puts an interval in the place of this. */
const INTERVAL_OF_GRAFANA = '$__rate_interval';

/**
 * By the grammar of Prometheus itself.
 * @throws Error where the expression does not follow it
 */
export function namesIn(expression: string): PromqlNames {
  const text = expression.replaceAll(INTERVAL_OF_GRAFANA, '5m');
  const tree = parser.parse(text).topNode;
  const [wrong] = within(tree, '⚠');
  if (wrong !== undefined) throw new Error(`Expected PromQL, got ${text.slice(wrong.from) || 'its end'} in ${text}`);
  const written = ({ from, to }: Node) => text.slice(from, to);
  const namesWithin = (node: Node, kind: string) => within(node, kind).map(written);
  const rates = within(tree, 'FunctionCall').filter(({ firstChild }) =>
    /^(rate|irate|increase)$/.test(firstChild === null ? '' : written(firstChild)),
  );
  return {
    selectors: within(tree, 'VectorSelector').map((selector) => ({
      metric: namesWithin(selector, 'Identifier').join(),
      labels: within(selector, 'UnquotedLabelMatcher').map((matcher) => ({
        label: namesWithin(matcher, 'LabelName').join(),
        operator: namesWithin(matcher, 'MatchOp').join(),
        value: JSON.parse(namesWithin(matcher, 'StringLiteral').join()) as string,
      })),
    })),
    rated: rates.flatMap((call) => namesWithin(call, 'Identifier')),
    groupings: within(tree, 'GroupingLabels').map((grouping) => namesWithin(grouping, 'LabelName')),
  };
}

/** All nodes of this kind below `node`, as they come. */
function within(node: Node, kind: string): Node[] {
  const found: Node[] = [];
  node.cursor().iterate((each) => {
    if (each.name === kind) found.push(each.node);
  });
  return found;
}
