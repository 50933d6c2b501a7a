import type { Metric } from '../metrics/metric.js';

const UNIT_SUFFIXES: Partial<Record<Metric['unit'], string>> = { s: '_seconds', By: '_bytes' };

/** As Prometheus names metrics, and as OpenTelemetry translates its names: `memory.evictions` → `freshkeep_memory_evictions_total`. */
export function exportedName(prefix: string, { name, unit, kind }: Pick<Metric, 'name' | 'unit' | 'kind'>): string {
  return `${prefix}${name.replaceAll('.', '_')}${UNIT_SUFFIXES[unit] ?? ''}${kind === 'counter' ? '_total' : ''}`;
}
