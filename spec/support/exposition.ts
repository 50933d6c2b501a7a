/** One line of figures in Prometheus' text format. */
export interface ExposedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** One metric in it: what stands between two lines of `# HELP`. */
export interface ExposedMetric {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: readonly ExposedSample[];
}

const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"(?:,|$)/y;

/** What a scrape has given, by the names of the metrics. Throws where a line is not as the format has it. */
export function parseExposition(text: string): ReadonlyMap<string, ExposedMetric> {
  const blocks = text.split(/^# HELP /m).slice(1);
  return new Map(blocks.map(parseMetric).map((metric) => [metric.name, metric]));
}

function parseMetric(block: string): ExposedMetric {
  const [help = '', type = '', ...lines] = block.trimEnd().split('\n');
  const name = help.slice(0, help.indexOf(' '));
  if (!type.startsWith(`# TYPE ${name} `)) throw new Error(`Expected the type of ${name}, got ${type}`);
  const samples = lines.filter((line) => line !== '').map(parseSample);
  return { name, type: type.slice(`# TYPE ${name} `.length), help: help.slice(name.length + 1), samples };
}

function parseSample(line: string): ExposedSample {
  const [, name, labels = '', value] = SAMPLE.exec(line) ?? [];
  if (name === undefined || value === undefined) throw new Error(`Expected a sample, got ${line}`);
  return { name, labels: parseLabels(labels), value: value === 'Nan' ? NaN : Number(value.replace('Inf', 'Infinity')) };
}

function parseLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  let at = 0;
  while (at < text.length) {
    LABEL.lastIndex = at;
    const [whole, name, value] = LABEL.exec(text) ?? [];
    if (whole === undefined || name === undefined || value === undefined)
      throw new Error(`Expected labels, got ${text}`);
    labels[name] = value.replaceAll(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
    at += whole.length;
  }
  return labels;
}
