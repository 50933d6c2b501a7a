import { libraryOf } from './freshkeep-cache.js';
import { declareMethods } from './freshkeep-methods.js';
import type { Library } from './library.js';

export const library: Library = libraryOf(declareMethods);
