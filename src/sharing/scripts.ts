/** How many of the last announcements Redis keeps for those who were cut off. */
export const KEPT = 1000;

/** After how many seconds without a proxy, or without an announcement, nothing of them is left. */
const FORGOTTEN = 86_400;

/** Keys of what proxies tell each other. */
export type NewsKeys = {
  /** A hash: `epoch`, which names this run of numbers, and `number`, that of the last announcement. */
  readonly state: string;
  /** The last announcements, as they were published, the last one first. */
  readonly log: string;
  readonly channel: string;
};

/** The keys below a prefix that ends with a colon. */
export function newsKeys(prefix: string): NewsKeys {
  return { state: `${prefix}news`, log: `${prefix}news:log`, channel: `${prefix}news:channel` };
}

/**
 * Announces: KEYS state, log; ARGV channel, an epoch if there is none yet, sender, news.
 * One script, so that numbers are published in their order, and nobody who has read the state can miss what comes after.
 */
export const ANNOUNCE = `
redis.call('HSETNX', KEYS[1], 'epoch', ARGV[2])
local epoch = redis.call('HGET', KEYS[1], 'epoch')
local number = redis.call('HINCRBY', KEYS[1], 'number', 1)
local message = epoch .. ' ' .. number .. ' ' .. ARGV[3] .. ' ' .. ARGV[4]
redis.call('LPUSH', KEYS[2], message)
redis.call('LTRIM', KEYS[2], 0, ${KEPT - 1})
for _, key in ipairs(KEYS) do redis.call('EXPIRE', key, ${FORGOTTEN}) end
redis.call('PUBLISH', ARGV[1], message)
return number
`;

/**
 * What came after an announcement: KEYS state, log; ARGV its epoch and number, an epoch if there is none yet.
 * Gives the epoch and the number of the last one and, where the epoch is the same, the announcements between, the last one first.
 */
export const SINCE = `
redis.call('HSETNX', KEYS[1], 'epoch', ARGV[3])
redis.call('EXPIRE', KEYS[1], ${FORGOTTEN})
local epoch = redis.call('HGET', KEYS[1], 'epoch')
local number = tonumber(redis.call('HGET', KEYS[1], 'number') or 0)
local missed = number - tonumber(ARGV[2])
if epoch ~= ARGV[1] or missed <= 0 then return {epoch, number, {}} end
return {epoch, number, redis.call('LRANGE', KEYS[2], 0, missed - 1)}
`;
