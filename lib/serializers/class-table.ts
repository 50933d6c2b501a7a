import { CacheError, invalidOption } from '../errors.js';
import { ClassCodec } from './class-codec.js';
import type { SurveyedInstance } from './survey-value.js';

/** A value on its way into text: something truthy for an instance. */
type Reducer = (value: unknown) => unknown;
/** What the reducer gave, on its way back. */
type Reviver = (payload: unknown) => unknown;

/** Tells the name of a class from the types that devalue itself knows, and from ours. */
const MARK = 'class ';

/** The classes that a serializer knows, and how devalue is to treat their instances. */
export class ClassTable {
  /** By the prototype of the instances themselves. */
  readonly byPrototype: ReadonlyMap<unknown, ClassCodec>;
  readonly revivers: Readonly<Record<string, Reviver>>;

  /** @throws CacheError `ERR_CACHE_OPTION_INVALID` */
  constructor(codecs: readonly ClassCodec[]) {
    checkCodecs(codecs);
    this.byPrototype = new Map(codecs.map((codec) => [codec.prototype, codec]));
    this.revivers = Object.fromEntries(codecs.map((codec) => [MARK + codec.name, reviverOf(codec)]));
  }

  /** For the classes that `instances` are of, as devalue asks each reducer about each value. */
  reducersFor(instances: ReadonlyMap<unknown, SurveyedInstance>): Record<string, Reducer> {
    const codecs = new Set([...instances.values()].map(({ codec }) => codec));
    return Object.fromEntries([...codecs].map((codec) => [MARK + codec.name, reducerOf(codec, instances)]));
  }
}

/** In a list of one, as what `encode` gave may be falsy. Fields stand for themselves: devalue must see the object itself. */
function reducerOf(codec: ClassCodec, instances: ReadonlyMap<unknown, SurveyedInstance>): Reducer {
  return (value) => {
    const instance = instances.get(value);
    if (instance?.codec !== codec) return undefined;
    return codec.isOfFields ? instance.encoded : [instance.encoded];
  };
}

function reviverOf(codec: ClassCodec): Reviver {
  if (codec.isOfFields) return (fields) => codec.decode(fields);
  return (list) => {
    // Within a cycle, which nothing that was written has, the list would not be complete yet.
    if (Array.isArray(list) && list.length === 1 && Object.hasOwn(list, 0)) return codec.decode(list[0]);
    throw new CacheError('ERR_CACHE_ENTRY_UNREADABLE', `Expected what ${codec.name} was encoded as, in a list of one`);
  };
}

function checkCodecs(codecs: unknown): void {
  if (!Array.isArray(codecs)) throw invalidOption('classes', 'a list of what `classCodec` made', codecs);
  const [names, prototypes] = [new Set<string>(), new Set<object>()];
  for (const [index, codec] of (codecs as unknown[]).entries()) {
    if (!(codec instanceof ClassCodec)) throw invalidOption(`classes[${index}]`, 'what `classCodec` made', codec);
    if (names.has(codec.name)) throw invalidOption(`classes[${index}]`, 'of a name of its own', codec.name);
    if (prototypes.has(codec.prototype)) {
      throw invalidOption(`classes[${index}]`, 'of a class that has no other codec', codec.name);
    }
    names.add(codec.name);
    prototypes.add(codec.prototype);
  }
}
