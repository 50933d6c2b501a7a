import { BUS_FORMAT } from '../../invalidation/bus-message.js';
import { CLOCK, RENEW } from './tag-scripts.js';
import { Script } from './script.js';

/** KEYS entry, marker, tickets; ARGV ticket, longest load in ms. Answers what a read would. */
export const OPEN = new Script(`
redis.call('SADD', KEYS[3], ARGV[1])
redis.call('PEXPIRE', KEYS[3], ARGV[2])
return redis.call('MGET', KEYS[1], KEYS[2])
`);

/**
 * KEYS pairs of entry and marker, then tags; ARGV how many keys are of pairs. Of each pair: the payload, what is left of the
 * entry's life, and of the marker's, in ms; then the versions of the tags.
 */
export const READ_LIVING = new Script(`
local values, found, paired = redis.call('MGET', unpack(KEYS)), {}, tonumber(ARGV[1])
for i = 1, paired, 2 do
  local there = values[i]
  found[#found + 1] = there
  found[#found + 1] = there and redis.call('PTTL', KEYS[i]) or 0
  found[#found + 1] = there and redis.call('PTTL', KEYS[i + 1]) or 0
end
for i = paired + 1, #KEYS do found[#found + 1] = values[i] end
return found
`);

/** Needs `payload`, `life` and `ttl` (both in ms; a ttl of 0: no marker). Ends all tickets. */
const WRITE = `
redis.call('DEL', KEYS[2], KEYS[3])
redis.call('SET', KEYS[1], payload, 'PX', life)
if ttl ~= '0' then redis.call('SET', KEYS[2], '', 'PX', ttl) end
`;

/**
 * Needs `bus` (its key), `epoch` (for a bus that has none), `announcement`, `channel`, and `publish` (the command).
 * Where memory is short, Redis refuses commands that need some, but only until a script has written something: so it begins
 * with a deletion. A message that may not be published is missed by those who listen, who find that out by the position.
 * Before Redis 7 there is no SPUBLISH.
 */
const ANNOUNCE = `
redis.call('HDEL', bus, 'nothing')
local sequence = redis.call('HINCRBY', bus, 'sequence', 1)
redis.call('HSETNX', bus, 'epoch', epoch)
local message = '${BUS_FORMAT}' .. redis.call('HGET', bus, 'epoch') .. ' ' .. sequence .. ' ' .. announcement
local published = redis.pcall(publish, channel, message)
if publish == 'SPUBLISH' and type(published) == 'table' then redis.pcall('PUBLISH', channel, message) end
`;

/** KEYS entry, marker, tickets, tags; ARGV payload, life, ttl, ticket, versions of the tags. Refused when the ticket has ended, or a tag is of another version. */
export const FILL = new Script(`
if redis.call('SREM', KEYS[3], ARGV[4]) == 0 then return 0 end
for i = 4, #KEYS do
  if redis.call('GET', KEYS[i]) ~= ARGV[i + 1] then return 0 end
end
local payload, life, ttl = ARGV[1], ARGV[2], ARGV[3]
${WRITE}
return 1
`);

/** {@link FILL} that is announced: KEYS entry, marker, tickets, bus, tags; ARGV payload, life, ttl, ticket, epoch, announcement, channel, versions of the tags. */
export const FILL_AND_ANNOUNCE = new Script(`
if redis.call('SREM', KEYS[3], ARGV[4]) == 0 then return 0 end
for i = 5, #KEYS do
  if redis.call('GET', KEYS[i]) ~= ARGV[i + 3] then return 0 end
end
local payload, life, ttl = ARGV[1], ARGV[2], ARGV[3]
${WRITE}
local bus, epoch, announcement, channel, publish = KEYS[4], ARGV[5], ARGV[6], ARGV[7], 'PUBLISH'
${ANNOUNCE}
return 1
`);

/** KEYS entry, marker, tickets; ARGV payload, life, ttl. No ticket guards it, so it must run in order. */
export const SET = new Script(`
local payload, life, ttl = ARGV[1], ARGV[2], ARGV[3]
${WRITE}
`);

/** {@link SET} that is announced: KEYS the same, bus; ARGV the same, epoch, announcement, channel. */
export const SET_AND_ANNOUNCE = new Script(`
local payload, life, ttl = ARGV[1], ARGV[2], ARGV[3]
${WRITE}
local bus, epoch, announcement, channel, publish = KEYS[4], ARGV[4], ARGV[5], ARGV[6], 'PUBLISH'
${ANNOUNCE}
`);

/**
 * KEYS bus, tags, and all keys to remove, if any; ARGV epoch, announcement, channel, command to publish with; and where there
 * are tags: how many, nonce, their life.
 */
export const INVALIDATE = new Script(`
local bus, epoch, announcement, channel, publish = KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local tags = tonumber(ARGV[5] or 0)
if #KEYS > 1 + tags then redis.call('UNLINK', unpack(KEYS, 2 + tags)) end
if tags > 0 then
  ${CLOCK}
  ${RENEW}
  local count, nonce, life = redis.call('HINCRBY', bus, 'tags', 1), ARGV[6], ARGV[7]
  for i = 2, 1 + tags do renew(KEYS[i], count, nonce, life) end
end
${ANNOUNCE}
`);
