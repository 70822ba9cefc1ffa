import { script } from "./script.ts";

/** What lies under a key. ARGV: the key. Gives the time in µs, and of each variant its id, `1` where it counts or `0`, and its value. */
export const READ = script(`
ensure()
local key = ARGV[1]
local found = redis.pcall('HGETALL', ns .. 'v:' .. hash(key))
local out = { int(now) }
if found.err then return out end
for i = 1, #found, 2 do
  local id, value = found[i], found[i + 1]
  out[#out + 1] = id
  out[#out + 1] = counts(key, id, value) and '1' or '0'
  out[#out + 1] = value
end
return out
`);

/**
 * Adds a variant whose body is there already. ARGV: key, id, asked (µs), time to live (ms), groups' hashes with commas or `-`,
 * `asker sentAt`, head, the order that it must be after, how many variants were seen, their ids, and the ids of those that go.
 * Gives `stored` and how many others had expired; `late` where it was invalidated after it was asked for; `again` where others than those seen lie there.
 */
export const PUT = script(`
ensure()
local key, id, asked, ttl, groups = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5]
local h = hash(key)
local v = ns .. 'v:' .. h
if asked < -(score(STATE, 'floor') or -now) or asked < now - REMEMBERED then return { 'late', 0 } end
if (score(STATE, 'k' .. h) or 0) > asked then return { 'late', 0 } end
for g in groups:gmatch('%x+') do
  if (score(STATE, 'g' .. g) or 0) > asked then return { 'late', 0 } end
end
local kind = redis.call('TYPE', v).ok
if kind ~= 'hash' and kind ~= 'none' then redis.call('UNLINK', v) end
local seen = tonumber(ARGV[9])
if redis.call('HLEN', v) ~= seen then return { 'again', 0 } end
for i = 10, 9 + seen do
  if redis.call('HEXISTS', v, ARGV[i]) == 0 then return { 'again', 0 } end
end
for i = 10 + seen, #ARGV do forget(key, ARGV[i]) end

local expires = nowMs + ttl
local order = math.max(now, tonumber(ARGV[8]) + 1)
local words = { int(order), int(expires), int(asked), ARGV[6], groups }
redis.call('HSET', v, id, table.concat(words, ' ') .. '\\n' .. key .. '\\n' .. ARGV[7])
lives(v, ttl)
local member = key .. '\\n' .. id
redis.call('ZADD', INDEX, 0, member)
redis.call('ZADD', EXPIRY, int(expires), member)
redis.call('ZINCRBY', STATE, id:match('^%w+%.(%d+)%.'), 'bytes')
for g in groups:gmatch('%x+') do
  local set = ns .. 'g:' .. g
  redis.call('ZREMRANGEBYSCORE', set, '-inf', int(nowMs))
  redis.call('ZADD', set, int(expires), h .. ' ' .. id)
  lives(set, ttl)
end
for _, set in ipairs({ INDEX, EXPIRY, STATE }) do lives(set, ttl) end
local expired = redis.call('ZRANGEBYSCORE', EXPIRY, '-inf', int(nowMs), 'LIMIT', 0, 16)
for _, gone in ipairs(expired) do forget(split(gone)) end
return { 'stored', #expired }
`);

/** Takes single variants out. ARGV: key and id of each. Gives how many counted. */
export const FORGET = script(`
local gone = 0
for i = 1, #ARGV, 2 do gone = gone + forget(ARGV[i], ARGV[i + 1]) end
return gone
`);

/** Drops what lies under a key. ARGV: the key. Gives how many variants went. */
export const DROP_KEY = script(`
local key = ARGV[1]
local h = hash(key)
mark('k' .. h)
local ids = redis.pcall('HKEYS', ns .. 'v:' .. h)
local gone = 0
for _, id in ipairs(ids) do gone = gone + forget(key, id) end
redis.call('UNLINK', ns .. 'v:' .. h)
return gone
`);

/** Drops some of a group. ARGV: the hash of the group, how many. Gives how many went, and how many are left. */
export const DROP_GROUP = script(`
mark('g' .. ARGV[1])
local set = ns .. 'g:' .. ARGV[1]
local gone = 0
for _, member in ipairs(redis.call('ZRANGE', set, 0, ARGV[2] - 1)) do
  local h, id = member:match('^(%x+) (.*)$')
  local value = redis.call('HGET', ns .. 'v:' .. h, id)
  local key = value and keyOf(value)
  if key then gone = gone + forget(key, id) end
  redis.call('ZREM', set, member)
end
return { gone, redis.call('ZCARD', set) }
`);

/** Drops some of what begins with a prefix. ARGV: the prefix, how many. Gives how many went, and how many were looked at. */
export const DROP_PREFIX = script(`
markAll()
local gone = 0
local members = redis.call('ZRANGEBYLEX', INDEX, '[' .. ARGV[1], '[' .. ARGV[1] .. '\\255', 'LIMIT', 0, ARGV[2])
for _, member in ipairs(members) do
  local key, id = split(member)
  gone = gone + forget(key, id)
end
return { gone, #members }
`);

/** Makes nothing count that is there, and keeps out what was asked for before. ARGV: a name for what remains to be swept. */
export const CLEAR = script(`
markAll()
if redis.call('EXISTS', INDEX) == 1 then
  redis.call('RENAME', INDEX, ns .. 'gone:' .. ARGV[1])
  redis.call('PEXPIRE', ns .. 'gone:' .. ARGV[1], 86400000)
end
redis.call('UNLINK', EXPIRY)
redis.call('ZADD', STATE, 0, 'bytes')
return 'OK'
`);

/** Frees some of what was cleared. ARGV: its name, how many. Gives how many responses went, and how many are left. */
export const SWEEP = script(`
local set = ns .. 'gone:' .. ARGV[1]
local gone = 0
local popped = redis.call('ZPOPMIN', set, ARGV[2])
for i = 1, #popped, 2 do
  local key, id = split(popped[i])
  gone = gone + redis.call('HEXISTS', ns .. 'v:' .. hash(key), id)
  forget(key, id)
end
return { gone, redis.call('ZCARD', set) }
`);

/**
 * What a connection begins with. ARGV: a number that tells this run of the server from its others, or 0 where that is unknown.
 * What another run wrote may be from before a purge (a snapshot, a replica): then nothing of it counts. Gives 1 then, else 0.
 */
export const BEGIN = script(`
ensure()
local run, before = tonumber(ARGV[1]), score(STATE, 'run')
local other = 0
if run > 0 and before and before ~= run then
  redis.call('UNLINK', INDEX, EXPIRY, STATE)
  ensure()
  other = 1
end
if run > 0 then redis.call('ZADD', STATE, int(run), 'run') end
return other
`);

/** Gives how many responses there are, and their bytes. */
export const STATS = script(`
ensure()
return { redis.call('ZCOUNT', EXPIRY, '(' .. int(nowMs), '+inf'), int(math.max(0, score(STATE, 'bytes') or 0)) }
`);
