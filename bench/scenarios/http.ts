import { own } from '../contenders.js';
import type { HttpScenario } from '../http/http-scenario.js';
import { CPU_PER_REQUEST, P50, P99, P999, QUERIES, SLOWEST } from '../measures.js';

export const HTTP: HttpScenario = {
  kind: 'http',
  name: 'http',
  question: 'What does a cache do for a service over HTTP whose answers take a query of about a millisecond?',
  variants: [300, 1_000, 3_000].map((perSecond) => ({
    name: `${perSecond.toLocaleString('en')} requests per second`,
    perSecond,
  })),
  contenders: [
    { ...own('uncached', 'no cache'), medium: 'memory' },
    { ...own('freshkeep', 'freshkeep, memory'), medium: 'memory' },
    { ...own('freshkeep', 'freshkeep, Redis'), medium: 'redis' },
    { ...own('freshkeep', 'freshkeep, tiers'), medium: 'tiers' },
  ],
  columns: [P50, P99, P999, SLOWEST, CPU_PER_REQUEST, QUERIES],
  milliseconds: 10_000,
  repetitions: 3,
};
