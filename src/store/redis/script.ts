/** A script that Redis runs in one piece: nobody sees what it does half done. */
export type Script = { readonly text: string; readonly sha: string };

/**
 * What all scripts begin with. KEYS[1] is the prefix of the namespace, with which every name begins:
 *
 * - `v:<hash of key>`, a hash: of each variant its id and its value. The value's first line is
 *   `order expires asked asker sentAt groups`: ms for `expires`, µs for `order` and `asked`, all by Redis' clock; `asker` tells the process
 *   and `sentAt` is on its clock; `groups` are hashes or `-`. Its second line is the key, and then comes the head (store/portable.ts).
 * - `b:<id>:<n>`, the bytes of a body, a chunk each. An id is `random.bytes.chunks` and is written once.
 * - `index`, a sorted set of `key LF id`, all with the score 0: in the order of their bytes. `expiry` has the same by `expires`.
 * - `g:<hash of group>`, a sorted set of `<hash of key> id` by `expires`.
 * - `state`, a sorted set: what was invalidated last when, by µs (`k<hash of key>`, `g<hash of group>`), and beside these `floor`: what was
 *   asked for before it stays out, by its negative; `bytes` of what the index has; `run`, the Redis that wrote it all.
 *
 * Redis may evict any of them at any time. A variant counts only while it is in the index and in all of its groups, so that what a purge
 * would not find is never served; index, expiry and state are given up together; a state that is made anew lets in what is asked for from then on.
 */
const PRELUDE = `
local ns = KEYS[1]
local INDEX, EXPIRY, STATE = ns .. 'index', ns .. 'expiry', ns .. 'state'
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local nowMs = math.floor(now / 1000)
local REMEMBERED = 600 * 1000000
local MARKS = 100000000000000

local function int(number) return string.format('%.0f', number) end
local function hash(text) return redis.sha1hex(text):sub(1, 32) end
local function score(set, member) return tonumber(redis.call('ZSCORE', set, member) or nil) end
local function keyOf(value) return value:match('^[^\\n]*\\n([^\\n]*)\\n') end
local function split(member) return member:match('^(.*)\\n([^\\n]*)$') end
local function groupsOf(value) return (value:match('^%S+ %S+ %S+ %S+ %S+ (%S+)\\n') or '-'):gmatch('%x+') end

local function lives(name, ttl)
  if redis.call('PTTL', name) < ttl then redis.call('PEXPIRE', name, ttl) end
end

-- Redis that is full lets a script go on writing that has begun with something that takes no room.
local function writing() redis.call('DEL', ns .. 'none') end

local function ensure()
  local sets = redis.call('EXISTS', INDEX, EXPIRY)
  local state = redis.call('EXISTS', STATE)
  if sets == 1 or (sets == 2 and state == 0) then
    redis.call('UNLINK', INDEX, EXPIRY, STATE)
    state = 0
  end
  if state == 0 then
    writing()
    redis.call('ZADD', STATE, int(-now), 'floor')
    redis.call('PEXPIRE', STATE, 3600000)
  elseif sets == 0 and (score(STATE, 'bytes') or 0) ~= 0 then
    redis.call('ZADD', STATE, 0, 'bytes')
  end
end

-- Keeps out what was asked for before now.
local function mark(name)
  writing()
  ensure()
  redis.call('ZADD', STATE, int(now), name)
  redis.call('ZREMRANGEBYSCORE', STATE, int(MARKS), int(now - REMEMBERED))
  if redis.call('ZCARD', STATE) > 10000 then
    local oldest = redis.call('ZRANGEBYSCORE', STATE, int(MARKS), '+inf', 'WITHSCORES', 'LIMIT', 0, 1000)
    local last = tonumber(oldest[#oldest])
    redis.call('ZREMRANGEBYSCORE', STATE, int(MARKS), int(last))
    redis.call('ZADD', STATE, int(math.min(score(STATE, 'floor') or -last, -last)), 'floor')
  end
end

local function markAll()
  writing()
  ensure()
  redis.call('ZADD', STATE, int(-now), 'floor')
end

-- Takes a variant out of everything; 1 where it counted.
local function forget(key, id)
  local h = hash(key)
  local value = redis.call('HGET', ns .. 'v:' .. h, id)
  if value then
    for g in groupsOf(value) do redis.call('ZREM', ns .. 'g:' .. g, h .. ' ' .. id) end
    redis.call('HDEL', ns .. 'v:' .. h, id)
  end
  local member = key .. '\\n' .. id
  local counted = value and (score(EXPIRY, member) or 0) > nowMs
  local bytes, chunks = id:match('^%w+%.(%d+)%.(%d+)$')
  redis.call('ZREM', EXPIRY, member)
  if redis.call('ZREM', INDEX, member) == 1 and bytes then
    redis.call('ZINCRBY', STATE, '-' .. bytes, 'bytes')
  end
  for n = 0, (tonumber(chunks) or 0) - 1 do redis.call('UNLINK', ns .. 'b:' .. id .. ':' .. n) end
  return counted and 1 or 0
end

-- Whether a purge of any kind would find a variant.
local function counts(key, id, value)
  if keyOf(value) ~= key or not score(INDEX, key .. '\\n' .. id) then return false end
  local member = hash(key) .. ' ' .. id
  for g in groupsOf(value) do
    if not score(ns .. 'g:' .. g, member) then return false end
  end
  return (score(EXPIRY, key .. '\\n' .. id) or 0) > nowMs
end
`;

/** @param body Lua that follows the prelude */
export function script(body: string): Script {
  const text = PRELUDE + body;
  return { text, sha: Bun.SHA1.hash(text, "hex") };
}
