import type { Rule } from '../rule.js';
import { stampede } from './stampede.js';

/** All that the doctor looks for. */
export const RULES: readonly Rule[] = [stampede];
