import { combine, PAYS_UP_TO } from "../caching/combine.ts";
import type { RangeAsked } from "../caching/cut.ts";
import { ageSeconds, remainingSeconds } from "../caching/freshness.ts";
import { groupsOf } from "../caching/group.ts";
import { shownKey } from "../caching/key.ts";
import type { Clock } from "../caching/moment.ts";
import type { Policy } from "../caching/policy.ts";
import type { Reuse } from "../caching/reuse.ts";
import { storable } from "../caching/storable.ts";
import { read, type StoredResponse } from "../caching/stored.ts";
import { withoutConditions } from "../caching/validation.ts";
import type { CacheStatus } from "../http/cache-status.ts";
import type { Reply } from "../http/exchange.ts";
import { inMemory } from "../http/file-body.ts";
import { formatRange, type RangeSpec } from "../http/range.ts";
import { unread } from "../http/unread.ts";
import type { VariedStore } from "../store/varied.ts";
import type { Ask } from "./ask.ts";
import type { CaptureBudget } from "./capture-budget.ts";
import type { Fetching } from "./collapse.ts";
import { type Deliver, isSharable } from "./deliver.ts";
import { failed } from "./fetch-anew.ts";
import type { Forwarded, FullResponse, Rewrite } from "./forward.ts";
import type { ForwardWhole } from "./forward-whole.ts";
import { storedFrom } from "./keep.ts";
import { announcedLength, relay } from "./relay.ts";
import { respond } from "./respond.ts";

/** What the cache decided when it decided to complete a part. */
export type Completion = Extract<Reuse, { type: "complete" }>;

/** Asks the origin for what a stored part lacks, and answers from the whole that the two make (RFC 9111 §3.3, §3.4). */
export type Complete = (ask: Ask, completion: Completion, by: Fetching) => Promise<Reply>;

/** What completing works with. */
export type CompletingParts = {
  readonly store: VariedStore;
  readonly policy: Policy;
  readonly clock: Clock;
  readonly forwardWhole: ForwardWhole;
  readonly deliver: Deliver;
  /** Of all bodies that are being captured. */
  readonly budget: CaptureBudget;
};

const FWD = "partial";

export function completing(parts: CompletingParts): Complete {
  const { store, policy, clock, forwardWhole, deliver, budget } = parts;

  return async (ask, { stored: part, missing }, by) => {
    const forwarded = await forwardWhole(ask, rest(part, missing), by.signal);
    if (forwarded.type === "response" && DOUBTFUL.has(forwarded.received.status)) {
      const whole = await joined(ask, part, missing, forwarded);
      if (whole !== undefined) return await completed(ask, whole, forwarded, by);
      // What came is of another representation than the part, or nothing proves that it is not.
      if (!forwarded.response.bodyUsed) await unread(forwarded.response);
      return await delivered(ask, await forwardWhole(ask, THE_WHOLE, by.signal), by);
    }
    return await delivered(ask, forwarded, by);
  };

  /** The whole that a part and the origin's answer make; undefined where they don't go together. */
  async function joined(
    ask: Ask,
    part: StoredResponse,
    missing: RangeSpec,
    answer: FullResponse,
  ): Promise<StoredResponse | undefined> {
    const { received } = answer;
    const reading = read(received, ask.personal(), policy);
    const { strongValidator } = reading;
    if (strongValidator === undefined || strongValidator !== part.reading.strongValidator) return undefined;
    const range: RangeAsked = { specs: [missing], ifRange: null };
    const decision = storable({ ...ask, range }, reading, received.headers.get("vary"));
    const length = announcedLength(received.headers) ?? Number.POSITIVE_INFINITY;
    if (decision.type === "no-store" || length > PAYS_UP_TO || !budget.take(length)) return undefined;
    try {
      const relayed = await relay("GET", answer, received.headers, length);
      if (relayed.type !== "whole") return undefined;
      const groups = groupsOf(ask.key, received.headers);
      const rest = storedFrom({ ...ask, groups }, decision, received, reading, relayed.body);
      const whole = combine({ ...part, body: await inMemory(part.body) }, rest, policy);
      return whole?.reading.status === 200 ? whole : undefined;
    } finally {
      budget.give(length);
    }
  }

  async function completed(ask: Ask, whole: StoredResponse, answer: FullResponse, by: Fetching): Promise<Reply> {
    const { reading } = whole;
    const key = store.keyFor(ask, whole.headers);
    const stored = store.admits({ ...whole, key });
    if (stored) await store.put({ ...whole, key });
    by.departure?.land({ type: !stored ? "outdated" : isSharable(reading) ? "stored" : "own" });
    const ttl = remainingSeconds(reading.lifetime.ms - reading.initialAge);
    const base = { type: "forward", fwd: FWD, status: answer.received.status, key: shownKey(key) } as const;
    const cacheStatus: CacheStatus = stored ? { ...base, stored, ttl } : { ...base, stored, detail: "invalidated" };
    const now = clock();
    const reply = respond(ask, { stored: whole, age: ageSeconds(reading, now) }, cacheStatus, now.wall);
    return { ...reply, originMs: answer.originMs };
  }

  async function delivered(ask: Ask, forwarded: Forwarded, by: Fetching): Promise<Reply> {
    if (forwarded.type === "failed") return failed(ask, forwarded.failure, FWD, by);
    const reply = await deliver(ask, forwarded, { fwd: FWD }, by.departure);
    return "failure" in reply ? failed(ask, reply.failure, FWD, by) : reply;
  }
}

/** Answers that are of no use but together with the part: another part, or that there is none such. */
const DOUBTFUL = new Set([206, 416]);

/** The request for what the part lacks, of the same representation where it can be told (RFC 9110 §13.1.5). */
function rest({ reading }: StoredResponse, missing: RangeSpec): Rewrite {
  return (headers) => {
    withoutConditions(headers, "whole");
    headers.set("range", formatRange(missing));
    if (reading.strongValidator !== undefined) headers.set("if-range", reading.strongValidator);
  };
}

const THE_WHOLE: Rewrite = (headers) => withoutConditions(headers, "whole");
