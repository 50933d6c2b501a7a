import { inspect as show } from 'node:util';

import { createCache } from '../../cache/cache.js';
import type { Explanation } from '../../cache/explanation.js';
import type { TierReport } from '../../entry/tier-report.js';
import { describeThrown } from '../../errors.js';
import { CacheKey } from '../../keys/cache-key.js';
import type { RedisClient } from '../../stores/redis/redis-client.js';
import type { RedisStore } from '../../stores/redis/redis-store.js';
import type { Command } from '../command.js';
import { EXIT } from '../exit-code.js';
import { unreachable, wrongUsage } from '../failure.js';
import { checkKeyText } from '../key-text.js';
import { withRedis } from '../redis-connection.js';
import { toFailure } from '../redis-failure.js';
import { isOfService, serializerIdOf, valueUnread } from '../value-unread.js';
import { REDIS_OPTIONS, redisArgumentsOf, redisTargetOf, storeOf, type RedisTarget } from '../redis-options.js';
import { doubtAbout } from '../survey/prefixes.js';
import { entryText } from '../text/entry-text.js';

/** What Redis has of a key, and how it would answer a call of a process that has no copy of its own. */
interface Explained extends Pick<Explanation, 'key' | 'outcome' | 'reason' | 'lock'> {
  readonly redis: string;
  readonly prefix: string;
  readonly report: TierReport;
  /** The id of the one that has written the entry. */
  readonly serializer?: string;
  readonly value?: string;
  /** Why the value that was asked for is not shown. */
  readonly valueUnreadable?: string;
  /** Why the prefix may be a wrong one. */
  readonly doubt?: string;
}

export const explain: Command = {
  name: 'explain',
  summary: 'Tells what Redis has of one key, and how a call would be answered from there',
  usage: ['redis://… <key>', '<key> --redis redis://…'],
  details: `The key is the text of it, as CacheKey.text, events and logs have it: user:7. It is what Redis has: copies that processes
have in their memory are seen by cache.explain() alone, in that process. Changes nothing.
Exit code 1: there is no entry. 3: freshkeep has nothing under the prefix.`,
  options: { ...REDIS_OPTIONS, values: { says: 'Show the value as well' } },
  async run(given, output) {
    const { url, others: keys } = redisArgumentsOf(given, 'explain');
    const [text] = keys;
    if (text === undefined || keys.length > 1)
      throw wrongUsage('explain takes one key', 'such as freshkeep explain user:7 --redis redis://…');
    const key = checkKeyText(text);
    const target = redisTargetOf(given, url);
    const explained = await withRedis(target, (client) => explainOver(client, target, key, given.flag('values')));
    if (given.flag('json')) output.printJson(toJson(explained));
    else output.print(...entryText({ ...explained, title: `${key}: ${explained.outcome}` }, output));
    return explained.report.entry === undefined ? EXIT.found : EXIT.done;
  },
};

async function explainOver(client: RedisClient, target: RedisTarget, key: string, values: boolean): Promise<Explained> {
  const { prefix, address } = target;
  const serializer = await serializerIdOf(client, prefix, key);
  const store = storeOf(client, target, serializer === undefined ? undefined : valueUnread(serializer));
  const { outcome, reason, tiers, lock } = await createCache({ store }).explain(CacheKey.of(key, key));
  const [report] = tiers;
  if (report === undefined) throw unreachable(`${address.shown} tells nothing of ${key}`);
  if (report.notUsed !== undefined) throw toFailure(report.notUsed, address);
  const { entry, unreadable, openTickets = 0 } = report;
  const isThere = entry !== undefined || unreadable !== undefined || openTickets > 0;
  const doubt = isThere ? undefined : await doubtAbout(client, prefix, address.shown);
  return {
    ...{ redis: address.shown, prefix, key, outcome, reason, report },
    ...(serializer !== undefined && { serializer }),
    ...(lock && { lock }),
    ...(entry !== undefined && values ? await valueOf(storeOf(client, target), key, serializer) : {}),
    ...(doubt !== undefined && { doubt }),
  };
}

/** As Node.js shows it: it may be what JSON has no word for. */
type ShownValue = Pick<Explained, 'value' | 'valueUnreadable'>;

async function valueOf(store: RedisStore, key: string, serializer = ''): Promise<ShownValue> {
  if (isOfService(serializer)) return { valueUnreadable: `serializer ${serializer} is known to the service alone` };
  const [report] = await store.inspect(key, { values: true });
  if (report?.entry !== undefined && 'value' in report.entry) return { value: show(report.entry.value, SHOWN) };
  const reason = report?.unreadable ?? report?.notUsed ?? 'the entry is gone meanwhile';
  return { valueUnreadable: typeof reason === 'string' ? reason : describeThrown(reason) };
}

function toJson({ report, ...explained }: Explained): object {
  const { entry, unreadable, openTickets } = report;
  return {
    ...explained,
    ...(entry === undefined ? {} : { entry }),
    ...(unreadable === undefined ? {} : { unreadable: describeThrown(unreadable) }),
    ...(openTickets === undefined ? {} : { openTickets }),
  };
}

const SHOWN = { depth: null, maxArrayLength: null, maxStringLength: null } as const;
