import { introduction } from "./memcached/introduction.ts";
import { redisClient } from "./redis/client.ts";
import type { TierSetting } from "./tier.ts";

/** What keeps a tier, by its name and version, and what there is against how it is set up. */
export type TierServer = {
  readonly name: string;
  readonly doubts: readonly { readonly what: string; readonly todo: string }[];
};

const PATIENCE = 2000;

/** Asks a tier's server who it is; where it does not say, its name alone. */
export async function serverOf(setting: TierSetting): Promise<TierServer> {
  switch (setting.type) {
    case "sqlite":
      return { name: "sqlite", doubts: [] };
    case "redis":
      return (await redisAt(setting.url)) ?? { name: "redis", doubts: [] };
    case "memcached": {
      const said = await Promise.all(setting.servers.map((address) => introduction(address, PATIENCE)));
      const versions = said.map((line) => line?.replace(/^VERSION /, "") ?? "of an unknown version");
      return { name: `memcached ${[...new Set(versions)].join(" and ")}`, doubts: [] };
    }
  }
}

async function redisAt(url: string): Promise<TierServer | undefined> {
  const client = redisClient(url, PATIENCE);
  try {
    await client.connect();
    const info = `${await client.send("INFO", ["server"])}\n${await client.send("INFO", ["memory"])}`;
    const of = (name: string) => new RegExp(`^${name}:(\\S+)`, "m").exec(info)?.[1];
    const [redis, valkey] = [of("redis_version"), of("valkey_version")];
    const name = valkey === undefined ? `redis ${redis ?? "of an unknown version"}` : `valkey ${valkey}`;
    const [bound, policy] = [of("maxmemory"), of("maxmemory_policy")];
    const full =
      bound === "0" ? "it has no maxmemory: it takes all there is" : "it refuses what is new once it is full";
    const todo = "set maxmemory, and maxmemory-policy allkeys-lru";
    const isBounded = bound !== undefined && bound !== "0" && policy !== "noeviction";
    return { name, doubts: isBounded || bound === undefined ? [] : [{ what: `${name}: ${full}`, todo }] };
  } catch {
    // That it cannot be used is said by who tried.
    return undefined;
  } finally {
    client.close();
  }
}
