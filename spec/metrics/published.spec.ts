import { readFileSync } from 'node:fs';

import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { expect } from 'chai';
import type { Cache } from 'freshkeep';
import { registerCacheMetrics as registerInOpenTelemetry } from 'freshkeep/opentelemetry';
import { registerCacheMetrics as registerInPrometheus } from 'freshkeep/prometheus';
import type { Redis } from 'ioredis';
import { Registry } from 'prom-client';
import { parse } from 'yaml';

import { describeInOneDialect } from '../support/dialect.js';
import { parseExposition, type ExposedMetric, type ExposedSample } from '../support/exposition.js';
import { measuredCache } from '../support/measured-traffic.js';
import { namesIn, type Matcher } from '../support/promql.js';
import { closeRedis, sharedRedis } from '../support/redis.js';

/** Prometheus adds these to whatever it scrapes. */
const ADDED_LABELS = ['job', 'instance'];
/** Of these labels not every value shows in every process. */
const OPEN_LABELS = ['cache', 'pattern', 'finding', 'severity', 'le'];
const SEVERITIES = ['high', 'medium', 'low'];

const read = (page: string): string => readFileSync(new URL(`../../docs/${page}`, import.meta.url), 'utf8');

interface Panel {
  readonly title: string;
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}

interface AlertRules {
  readonly groups: readonly {
    readonly rules: readonly {
      readonly alert: string;
      readonly expr: string;
      readonly for: string;
      readonly labels: { readonly severity: string };
      readonly annotations: Readonly<Record<string, string>>;
    }[];
  }[];
}

interface Dashboard {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly query: string }[] };
}

describeInOneDialect('What is published about metrics', () => {
  let client: Redis;
  let cache: Cache;
  let exposed: ReadonlyMap<string, ExposedMetric>;

  before(async () => {
    client = await sharedRedis();
    cache = await measuredCache(client);
    const registry = new Registry();
    registerInPrometheus(cache, { registry });
    exposed = parseExposition(await registry.metrics());
  });

  after(async () => {
    await cache.close();
    closeRedis(client);
  });

  const samplesNamed = (name: string): ExposedSample[] =>
    [...exposed.values()].flatMap(({ samples }) => samples.filter((sample) => sample.name === name));

  /** Is it a counter, or part of a histogram? */
  const growsOnly = (name: string): boolean =>
    [...exposed.values()].some(
      ({ type, samples }) => type !== 'gauge' && samples.some((sample) => sample.name === name),
    );

  /** What is wrong with an expression: nothing where all that it names is exported. */
  function faultsIn(expression: string): string[] {
    const { selectors, rated, groupings } = namesIn(expression);
    const known = selectors.map(
      ({ metric }) => new Set(samplesNamed(metric).flatMap(({ labels }) => Object.keys(labels))),
    );
    return [
      ...selectors.flatMap(({ metric, labels }) =>
        samplesNamed(metric).length === 0 ? [metric] : labels.flatMap((label) => faultsOf(metric, label)),
      ),
      ...rated.filter((metric) => samplesNamed(metric).length > 0 && !growsOnly(metric)),
      ...unlike(groupings),
      ...groupings
        .flat()
        .filter((label) => !ADDED_LABELS.includes(label) && !known.every((labels) => labels.has(label))),
    ];
  }

  function faultsOf(metric: string, { label, operator, value }: Matcher): string[] {
    const values = samplesNamed(metric).flatMap(({ labels }) => labels[label] ?? []);
    if (values.length === 0) return [`${metric}{${label}}`];
    const allowed = label === 'severity' ? SEVERITIES : values;
    if (OPEN_LABELS.includes(label) && label !== 'severity') return [];
    const named = operator.endsWith('~') ? value.split('|') : [value];
    return named.filter((each) => !allowed.includes(each)).map((each) => `${metric}{${label}="${each}"}`);
  }

  it('is true: each metric that is exported has a sample, so that its names can be compared', () => {
    expect([...exposed.values()].filter(({ samples }) => samples.length === 0).map(({ name }) => name)).to.deep.equal(
      [],
    );
  });

  describe('in the dashboard', () => {
    const dashboard = JSON.parse(read('grafana/freshkeep.json')) as Dashboard;
    const targets = dashboard.panels.flatMap(({ title, targets: of = [] }) =>
      of.map((target) => ({ title, ...target })),
    );

    it('names metrics, labels and values that are exported', () => {
      const faults = targets.map(({ title, expr }) => [title, faultsIn(expr)]).filter(([, found]) => found?.length);
      expect(faults).to.deep.equal([]);
    });

    it('shows labels in legends by which the expression groups', () => {
      for (const { expr, legendFormat } of targets) {
        const shown = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label);
        expect(namesIn(expr).groupings.flat(), expr).to.include.members(shown);
      }
    });

    it('leaves out no metric', () => {
      const used = targets.flatMap(({ expr }) => namesIn(expr).selectors.map(({ metric }) => metric));
      const unused = [...exposed.keys()].filter(
        (name) => !used.some((metric) => metric.replace(/_(bucket|count)$/, '') === name),
      );
      expect(unused).to.deep.equal([]);
    });

    it('fills its variables from labels that are exported', () => {
      const asked = dashboard.templating.list.flatMap(({ query }) => [
        ...query.matchAll(/^label_values\((.+), (\w+)\)$/g),
      ]);
      expect(asked.length).to.equal(2);
      for (const [, selector = '', label = ''] of asked) {
        expect(faultsIn(`sum by (${label}) (${selector})`)).to.deep.equal([]);
      }
    });
  });

  describe('in the alert rules', () => {
    const { groups } = parse(read('grafana/alerts.yml')) as AlertRules;
    const rules = groups.flatMap((group) => group.rules);

    it('names metrics, labels and values that are exported', () => {
      expect(rules.length).to.be.above(5);
      for (const { alert, expr } of rules) expect(faultsIn(expr), alert).to.deep.equal([]);
    });

    it('is there in full: each has a name of its own, a time, a severity and a text', () => {
      expect(new Set(rules.map(({ alert }) => alert)).size).to.equal(rules.length);
      for (const rule of rules) {
        expect(rule.for, rule.alert).to.match(/^\d+[mh]$/);
        expect(rule.labels.severity, rule.alert).to.be.oneOf(['critical', 'warning', 'info']);
        expect(Object.values(rule.annotations).join(' '), rule.alert).to.match(/^[A-Z].*\.$/);
      }
    });

    it('shows labels in texts by which the expression groups', () => {
      for (const { alert, expr, annotations } of rules) {
        const shown = [
          ...Object.values(annotations)
            .join(' ')
            .matchAll(/\$labels\.(\w+)/g),
        ].map(([, label]) => label);
        expect(namesIn(expr).groupings.flat(), alert).to.include.members(shown);
      }
    });
  });

  it('is checked: a name that is misspelt is found', () => {
    const wrong: readonly (readonly [expression: string, fault: string])[] = [
      ['sum(rate(freshkeep_call_total[5m]))', 'freshkeep_call_total'],
      ['freshkeep_calls_total{outcme="miss"}', 'freshkeep_calls_total{outcme}'],
      ['freshkeep_calls_total{outcome="mis"}', 'freshkeep_calls_total{outcome="mis"}'],
      ['freshkeep_events_total{event=~"clear|cler"}', 'freshkeep_events_total{event="cler"}'],
      ['freshkeep_findings{severity="higher"}', 'freshkeep_findings{severity="higher"}'],
      ['sum by (patern) (freshkeep_calls_total) / 2', 'patern'],
      ['sum by (cache) (freshkeep_fills_total) / sum by (pattern) (freshkeep_fills_total)', 'cache, not pattern'],
      ['sum(freshkeep_loads_running{pattern="x"}) > 1', 'freshkeep_loads_running{pattern}'],
      ['sum(rate(freshkeep_loads_running[5m]))', 'freshkeep_loads_running'],
    ];
    for (const [expression, fault] of wrong) expect(faultsIn(expression)).to.deep.equal([fault]);
    expect(() => faultsIn('sum by (cache) (freshkeep_calls_total) >')).to.throw('Expected PromQL, got its end');
  });

  it('in docs/metrics.md is what Prometheus is told, and no more', () => {
    const documented = rowsOf('## All metrics').map(
      ([name, , type, labels, help]) => `${name} ${type} ${labels}: ${help}`,
    );
    const told = [...exposed.values()].map(({ name, type, help, samples }) => {
      const labels = new Set(samples.flatMap((sample) => Object.keys(sample.labels)));
      labels.delete('le');
      labels.delete('cache');
      return `${name} ${type} ${[...labels].join(', ')}: ${help}`;
    });
    expect(documented.sort()).to.deep.equal(told.sort());
  });

  it('in docs/metrics.md is what OpenTelemetry is told, and no more', async () => {
    const documented = rowsOf('## All metrics').flatMap(([, names]) => names?.split(', ') ?? []);
    expect(documented.sort()).to.deep.equal((await collectedNames(cache)).sort());
  });

  /** The cells of the table under a title, without their code marks. */
  function rowsOf(title: string): string[][] {
    const section =
      read('metrics.md')
        .split(/^(?=## )/m)
        .find((each) => each.startsWith(title)) ?? '';
    return [...section.matchAll(/^\| (`.+) \|$/gm)].map(([, row = '']) =>
      row.split(' | ').map((cell) => cell.replaceAll('`', '').trim()),
    );
  }
});

/** Of two sides that are not grouped alike nothing has a counterpart, and Prometheus answers with nothing. */
function unlike([first, ...others]: readonly (readonly string[])[]): string[] {
  const names = first?.join(', ');
  return others.map((each) => each.join(', ')).flatMap((each) => (each === names ? [] : [`${names}, not ${each}`]));
}

async function collectedNames(cache: Cache): Promise<string[]> {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 1_000_000 });
  const meterProvider = new MeterProvider({ readers: [reader] });
  registerInOpenTelemetry(cache, { meterProvider });
  await meterProvider.forceFlush();
  const names = exporter
    .getMetrics()
    .flatMap(({ scopeMetrics }) =>
      scopeMetrics.flatMap(({ metrics }) => metrics.map(({ descriptor }) => descriptor.name)),
    );
  await meterProvider.shutdown();
  return names;
}
