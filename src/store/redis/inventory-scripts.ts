import { script } from "./script.ts";

/** Remembers that something is invalidated now. ARGV: `k` or `g` and its hash; nothing where it is everything. */
export const MARK = script(`
if ARGV[1] then mark(ARGV[1]) else markAll() end
return 'OK'
`);

/**
 * A page of keys. ARGV: the first member that may come, as ZRANGEBYLEX has it; the prefix; how many keys.
 * Gives where to go on, empty at the end, and the keys. What is seen to have expired or to be evicted is taken out.
 */
export const KEYS_FROM = script(`
ensure()
local from, limit, out = ARGV[1], tonumber(ARGV[3]), { '' }
for _ = 1, 20 do
  local page = redis.call('ZRANGEBYLEX', INDEX, from, '[' .. ARGV[2] .. '\\255', 'LIMIT', 0, 256)
  for _, member in ipairs(page) do
    local key, id = split(member)
    if redis.call('HEXISTS', ns .. 'v:' .. hash(key), id) == 0 or (score(EXPIRY, member) or 0) <= nowMs then
      forget(key, id)
    elseif out[#out] ~= key then
      if #out > limit then return out end
      out[#out + 1] = key
    end
    from = '(' .. member
  end
  if #page < 256 then return out end
end
out[1] = from
return out
`);

/** Some of the index with values. ARGV as above. Gives where to go on, empty at the end, and key, id and value of each variant. */
export const RANGE_FROM = script(`
ensure()
local page = redis.call('ZRANGEBYLEX', INDEX, ARGV[1], '[' .. ARGV[2] .. '\\255', 'LIMIT', 0, ARGV[3])
local out = { #page < tonumber(ARGV[3]) and '' or '(' .. page[#page] }
for _, member in ipairs(page) do
  local key, id = split(member)
  local value = redis.call('HGET', ns .. 'v:' .. hash(key), id)
  if value and counts(key, id, value) then
    for _, text in ipairs({ key, id, value }) do out[#out + 1] = text end
  end
end
return out
`);

/** Some of a group with values. ARGV: the hash of the group, a cursor. Gives the next cursor and the same. */
export const SCAN_GROUP = script(`
ensure()
local scanned = redis.call('ZSCAN', ns .. 'g:' .. ARGV[1], ARGV[2], 'COUNT', 100)
local out = { scanned[1] == '0' and '' or scanned[1] }
for i = 1, #scanned[2], 2 do
  local h, id = scanned[2][i]:match('^(%x+) (.*)$')
  local value = redis.call('HGET', ns .. 'v:' .. h, id)
  local key = value and keyOf(value)
  if key and counts(key, id, value) then
    for _, text in ipairs({ key, id, value }) do out[#out + 1] = text end
  end
end
return out
`);

/** Writes a value anew. ARGV: key, id, what it was, what it is. Gives 1, or 0 where it is another one by now. */
export const REWRITE = script(`
local v = ns .. 'v:' .. hash(ARGV[1])
if redis.call('HGET', v, ARGV[2]) ~= ARGV[3] then return 0 end
writing()
redis.call('HSET', v, ARGV[2], ARGV[4])
return 1
`);
