import { Script } from './script.js';

// A tag is a version under a key of its own: `<count>-<nonce>`. The nonce makes each version one of its own; the count is where
// the clock of tags stood when the tag got it: how many invalidations of tags there were, beginning with the time at which
// the counting began, so that it goes on from there when it was lost.

/** Needs `bus` (the key of the position of the bus, which has the clock of tags too) and `epoch` (for a bus that has none). */
export const CLOCK = `
redis.call('HDEL', bus, 'nothing')
redis.call('HSETNX', bus, 'epoch', epoch)
local time = redis.call('TIME')
redis.call('HSETNX', bus, 'tags', string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000)))
`;

/** A tag gets a version that it never had. The deletion comes first where memory is short (`ANNOUNCE` in `scripts.ts`). */
export const RENEW = `
local function renew(tag, count, nonce, life)
  local old = redis.call('GET', tag)
  local oldCount = old and tonumber(string.match(old, '^%d+')) or 0
  local version = string.format('%.0f', math.max(oldCount + 1, count)) .. '-' .. nonce
  redis.call('DEL', tag)
  redis.call('SET', tag, version, 'PX', life)
end
`;

/** The version of a tag, which gets one where it has none. */
const SEE = `
local function see(tag, count, nonce, life)
  local version = redis.call('GET', tag)
  if version then
    redis.call('PEXPIRE', tag, life)
  else
    version = count .. '-' .. nonce
    redis.call('SET', tag, version, 'PX', life)
  end
  return version
end
`;

/**
 * The same for a load that began when the clock stood at `seen`, and false where the tag may have been invalidated since: it
 * has a later version, or none and other tags were.
 */
const SEE_LATE = `
${SEE}
local function seeLate(tag, seen, count, nonce, life)
  local known = redis.call('GET', tag)
  local version = see(tag, count, nonce, life)
  local since = known and string.match(known, '^%d+') or count
  return tonumber(since) <= tonumber(seen) and version
end
`;

/** KEYS bus; ARGV epoch. Epoch and count. */
export const READ_CLOCK = new Script(`
local bus, epoch = KEYS[1], ARGV[1]
${CLOCK}
return redis.call('HMGET', bus, 'epoch', 'tags')
`);

/** KEYS bus, tags; ARGV epoch, nonce, life. Epoch, count, and the versions. */
export const SEE_ALL = new Script(`
local bus, epoch, nonce, life = KEYS[1], ARGV[1], ARGV[2], ARGV[3]
${CLOCK}
${SEE}
local found = redis.call('HMGET', bus, 'epoch', 'tags')
local count = found[2]
for i = 2, #KEYS do found[#found + 1] = see(KEYS[i], count, nonce, life) end
return found
`);

/** KEYS a tag; ARGV count, nonce, life. Its version. */
export const SEE_ONE = new Script(`
${SEE}
return see(KEYS[1], ARGV[1], ARGV[2], ARGV[3])
`);

/** KEYS bus, tags; ARGV epoch, nonce, life, and epoch and count of the clock when the load began. The versions, nil for what may be too new. */
export const SEE_ALL_LATE = new Script(`
local bus, epoch, nonce, life = KEYS[1], ARGV[1], ARGV[2], ARGV[3]
${CLOCK}
${SEE_LATE}
local clock, found = redis.call('HMGET', bus, 'epoch', 'tags'), {}
for i = 2, #KEYS do found[#found + 1] = clock[1] == ARGV[4] and seeLate(KEYS[i], ARGV[5], clock[2], nonce, life) end
return found
`);

/** KEYS a tag; ARGV count when the load began, count now, nonce, life. Its version, or nil. */
export const SEE_ONE_LATE = new Script(`
${SEE_LATE}
return seeLate(KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4])
`);

/** KEYS bus; ARGV epoch. The next count. */
export const ADVANCE_CLOCK = new Script(`
local bus, epoch = KEYS[1], ARGV[1]
${CLOCK}
return redis.call('HINCRBY', bus, 'tags', 1)
`);

/** KEYS a tag; ARGV count, nonce, life. */
export const RENEW_ONE = new Script(`
${RENEW}
renew(KEYS[1], tonumber(ARGV[1]), ARGV[2], ARGV[3])
`);
