import type { EntryState } from '../../entry/tier-report.js';
import { CacheError } from '../../errors.js';
import { checkTags } from '../../keys/tag.js';
import type { RedisClient } from '../../stores/redis/redis-client.js';
import { RedisKeys } from '../../stores/redis/redis-key.js';
import type { Command } from '../command.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { Failure, wrongUsage } from '../failure.js';
import { checkKeyText } from '../key-text.js';
import type { Output } from '../output.js';
import { withRedis } from '../redis-connection.js';
import { toFailure } from '../redis-failure.js';
import { serializerIdOf, valueUnread } from '../value-unread.js';
import { REDIS_OPTIONS, redisArgumentsOf, redisTargetOf, storeOf, type RedisTarget } from '../redis-options.js';
import { doubtAbout } from '../survey/prefixes.js';
import { counted } from '../text/figures.js';
import { printable } from '../text/printable.js';
import { wrap } from '../text/wrap.js';

/** What was there of a key before. */
interface KeyBefore {
  readonly key: string;
  readonly entry: EntryState | 'unreadable' | 'none';
  /** Loads that might have filled it; absent where nobody can tell. */
  readonly openTickets?: number;
}

interface TagBefore {
  readonly tag: string;
  /** Has it a version? Where it has none, no entry has the tag. */
  readonly inUse: boolean;
}

interface Before {
  readonly keys: readonly KeyBefore[];
  readonly tags: readonly TagBefore[];
  /** Why the prefix may be a wrong one. */
  readonly doubt?: string;
}

interface Names {
  readonly keys: readonly string[];
  readonly tags: readonly string[];
}

export const invalidate: Command = {
  name: 'invalidate',
  summary: 'Invalidates keys and tags in a Redis, and tells all processes',
  usage: ['redis://… <key> …', '<key> … --redis redis://…', '--tag <tag> … --redis redis://…'],
  details: `As cache.invalidate() and cache.invalidateTags() do: entries are gone, no load that was under way is stored, and copies
in all processes are dropped. Asks no question; --dry-run shows what is there, and changes nothing.
Exit code 3: it was not applied, or nobody knows. 1, of --dry-run alone: there is nothing to invalidate.`,
  options: {
    tag: { value: '<tag>', many: true, says: 'Every entry that has this tag; may be repeated' },
    'dry-run': { says: 'Show what is there, and change nothing' },
    ...REDIS_OPTIONS,
  },
  async run(given, output) {
    const { url, others } = redisArgumentsOf(given, 'invalidate');
    const names = namesOf(others, given.texts('tag'));
    const target = redisTargetOf(given, url);
    const isDry = given.flag('dry-run');
    const before = await withRedis(target, async (client) => {
      if (isDry) return lookAt(client, target, names);
      const found = await lookAt(client, target, names).catch((error: unknown) => {
        throw notApplied(error, target);
      });
      await apply(client, target, names);
      return found;
    });
    return print(before, { target, isDry, asJson: given.flag('json') }, output);
  },
};

function namesOf(keyTexts: readonly string[], tagTexts: readonly string[]): Names {
  const keys = [...new Set(keyTexts.map(checkKeyText))];
  const tags = checkTags('--tag', tagTexts);
  if (keys.length + tags.length > 0) return { keys, tags };
  throw wrongUsage('invalidate takes keys, or --tag', 'such as freshkeep invalidate user:7 --redis redis://…');
}

async function lookAt(client: RedisClient, target: RedisTarget, names: Names): Promise<Before> {
  const { address, prefix } = target;
  const tagKeys = new RedisKeys(prefix);
  const keys = await Promise.all(names.keys.map((key) => lookAtKey(client, target, key)));
  const tags = await Promise.all(
    names.tags.map(async (tag) => ({ tag, inUse: (await client.exists(tagKeys.tag(tag))) > 0 })),
  );
  if (isAnyThere({ keys, tags })) return { keys, tags };
  const doubt = await doubtAbout(client, prefix, address.shown);
  return { keys, tags, ...(doubt !== undefined && { doubt }) };
}

async function lookAtKey(client: RedisClient, target: RedisTarget, key: string): Promise<KeyBefore> {
  const serializer = await serializerIdOf(client, target.prefix, key);
  const store = storeOf(client, target, serializer === undefined ? undefined : valueUnread(serializer));
  const [report] = await store.inspect(key, { values: false });
  if (report?.notUsed !== undefined) throw toFailure(report.notUsed, target.address);
  const entry = report?.unreadable === undefined ? (report?.entry?.state ?? 'none') : 'unreadable';
  return { key, entry, ...(report?.openTickets === undefined ? {} : { openTickets: report.openTickets }) };
}

function isAnyThere({ keys, tags }: Before): boolean {
  return keys.some(isThere) || tags.some(({ inUse }) => inUse);
}

function isThere({ entry, openTickets = 0 }: KeyBefore): boolean {
  return entry !== 'none' || openTickets > 0;
}

/** It went wrong before anything was sent that changes something. */
function notApplied(error: unknown, { address }: RedisTarget): Failure {
  const { exitCode, message, hint } = toFailure(error, address);
  return new Failure(exitCode, `not applied: ${message}`, hint);
}

async function apply(client: RedisClient, target: RedisTarget, { keys, tags }: Names): Promise<void> {
  const { address } = target;
  try {
    await storeOf(client, target).invalidate(keys, tags);
  } catch (error) {
    const { exitCode, message, hint } = toFailure(error, address);
    // One command was sent, and answered: then nothing has happened. Else it may still be carried out, or a part of it was.
    const isRefused = !client.isCluster && keys.length <= 1 && isAnswer(error);
    throw new Failure(
      exitCode,
      `${isRefused ? 'not applied' : 'not known to be applied, or not all of it'}: ${message}`,
      isRefused ? hint : 'to invalidate again does no harm',
    );
  }
}

/** What the server itself has said. */
function isAnswer(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError' && !CacheError.is(error);
}

interface Printing {
  readonly target: RedisTarget;
  readonly isDry: boolean;
  readonly asJson: boolean;
}

function print({ keys, tags, doubt }: Before, { target, isDry, asJson }: Printing, output: Output): ExitCode {
  const { address, prefix } = target;
  if (asJson) output.printJson({ redis: address.shown, prefix, applied: !isDry, keys, tags, doubt });
  else {
    const names = [
      ...(keys.length > 0 ? [counted(keys.length, 'key')] : []),
      ...(tags.length > 0 ? [counted(tags.length, 'tag')] : []),
    ];
    const head = isDry
      ? 'nothing was changed; there is'
      : `applied: ${names.join(' and ')}, in ${address.shown}, prefix ${prefix}`;
    output.print(output.style.bold(head), ...keys.map(keyLine), ...tags.map((tag) => tagLine(tag, isDry)));
    if (doubt !== undefined) output.print(...wrap(printable(doubt), output.width, '  '));
  }
  return isDry && !isAnyThere({ keys, tags }) ? EXIT.found : EXIT.done;
}

function keyLine({ key, entry, openTickets = 0 }: KeyBefore): string {
  const loads = openTickets === 0 ? '' : `, ${counted(openTickets, 'load')} under way`;
  return `  ${printable(key)}  ${entry === 'none' ? 'no entry' : `an entry (${entry})`}${loads}`;
}

function tagLine({ tag, inUse }: TagBefore, isDry: boolean): string {
  return `  tag ${printable(tag)}  ${inUse ? 'in use' : 'not in use: no entry has it'}${inUse && isDry ? '; freshkeep inspect tells by how many entries' : ''}`;
}
