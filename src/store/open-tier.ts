import type { OpenTier, TierSetting, TierSurroundings } from "./tier.ts";

/**
 * Opens the tier below the memory. What it takes is loaded only then.
 * @throws TierUnusable
 */
export async function openTier(setting: TierSetting, surroundings: TierSurroundings): Promise<OpenTier> {
  switch (setting.type) {
    case "sqlite":
      return (await import("./sqlite/open.ts")).openSqlite(setting, surroundings);
    case "redis":
      return (await import("./redis/open.ts")).openRedis(setting.url, surroundings);
    case "memcached":
      return (await import("./memcached/open.ts")).openMemcached(setting.servers, surroundings);
  }
}
