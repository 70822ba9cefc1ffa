import { cacheKey } from "../caching/key.ts";
import type { Moment } from "../caching/moment.ts";
import { read, type StoredResponse } from "../caching/stored.ts";
import type { Milliseconds } from "../http/date.ts";
import { namespaceOf } from "./namespace.ts";
import { openTier } from "./open-tier.ts";
import type { Store } from "./store.ts";
import type { TierSetting } from "./tier.ts";
import type { TierReport } from "./tier-stats.ts";

/** What came of a look at a tier. */
export type Probed =
  /** A response of nobody's was written, found as it was, and dropped. */
  | { readonly type: "working"; readonly took: Milliseconds; readonly report: TierReport }
  /** It is not there, and would be waited for. */
  | { readonly type: "away" }
  | { readonly type: "failing"; readonly why: string };

const BODY = "caching-proxy doctor";
/** A store on the network that does not answer within some ms is passed over, which proves nothing yet. */
const TRIES = 5;
const PAUSE: Milliseconds = 100;

/**
 * Opens a tier as a start would, which makes one on disk where there is none, and tries it.
 * @param origin whose responses it is to hold
 * @throws TierUnusable
 */
export async function probe(setting: TierSetting, origin: URL, clock: () => Moment): Promise<Probed> {
  const told: string[] = [];
  const policy = { defaultTtl: 0, maxEntrySize: BODY.length };
  const report = (error: unknown): void => void told.push(said(error));
  const { store, isAway, ...tier } = await openTier(setting, { clock, policy, namespace: namespaceOf(origin), report });
  try {
    if (setting.type !== "sqlite" && isAway?.()) return { type: "away" };
    for (let tries = 1; ; tries++) {
      const began = clock().steady;
      const works = await attempt(store, clock);
      const took = clock().steady - began;
      if (works) return { type: "working", took, report: await tier.report() };
      if (tries === TRIES) return { type: "failing", why: told[0] ?? "what was written was not there" };
      await Bun.sleep(PAUSE);
    }
  } catch (error) {
    return { type: "failing", why: said(error) };
  } finally {
    await store[Symbol.asyncDispose]();
  }
}

/** Whether what is written is found as it was, and can be dropped. */
async function attempt(store: Store, clock: () => Moment): Promise<boolean> {
  const stored = made(clock());
  await store.put(stored);
  const [found] = await store.get(stored.key);
  const isSame = (await found?.body.text()) === BODY;
  const went = await store.delete(stored.key);
  return isSame && went > 0;
}

/** A response to a request that nobody makes. */
function made({ wall, steady }: Moment): StoredResponse {
  const headers = new Headers({ "cache-control": "max-age=60" });
  const times = { requestTime: wall, responseTime: wall, sentAt: steady, arrivedAt: steady };
  const url = new URL(`http://doctor.invalid/${crypto.randomUUID()}`);
  return {
    ...{ key: cacheKey(url), method: "GET", headers, body: new Blob([BODY]), publicOrigin: url.origin },
    reading: read({ status: 200, headers, ...times }, false, { defaultTtl: 0, maxEntrySize: BODY.length }),
    ...{ selecting: [], groups: [], sentAt: steady },
  };
}

function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
