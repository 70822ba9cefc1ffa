import type { CacheKey } from "../caching/key.ts";
import type { Clock } from "../caching/moment.ts";
import type { Policy } from "../caching/policy.ts";
import type { BatchStore, Behind } from "./behind.ts";
import type { TierReport } from "./tier-stats.ts";

/** Which store lies below the memory, as `--store` says. */
export type TierSetting =
  | { readonly type: "sqlite"; readonly path: string; readonly maxBytes: number }
  /** `url` as Bun's client takes it, credentials included; never shown. */
  | { readonly type: "redis"; readonly url: string }
  | { readonly type: "memcached"; readonly servers: readonly { readonly host: string; readonly port: number }[] };

/** The name of a tier that cannot tell what it holds: memcached finds what it is asked for by its whole name alone. */
export function unlisted(tier: TierSetting | undefined): string | undefined {
  return tier?.type === "memcached" ? tier.type : undefined;
}

/** A tier that is open, and how it wants to be written to. */
export type OpenTier = Pick<Behind, "gather" | "batch" | "patience"> & {
  readonly name: TierSetting["type"];
  readonly store: BatchStore;
  /** Whether it may still hold what was let go of, or nothing is read from it just now. */
  readonly isAway?: () => boolean;
  /** What it knows of itself; where it cannot be asked, that it is failing. */
  readonly report: () => Promise<TierReport> | TierReport;
  /** One key of each path and No-Vary-Search rule by which something lies there already, as far as that is known. */
  readonly ruleKeys?: readonly CacheKey[];
};

/** What a tier rests on. */
export type TierSurroundings = {
  readonly clock: Clock;
  readonly policy: Policy;
  /** What keeps this origin's responses apart from those of others (store/namespace.ts). */
  readonly namespace: string;
  /** Told of what goes wrong while nobody waits for it. */
  readonly report: (error: unknown) => void;
};

/** A tier cannot be used as it is set; the message says why and what to do. */
export class TierUnusable extends Error {}
