import { isApart } from "../caching/apart.ts";
import type { AskedRule } from "../caching/asked-rule.ts";
import { type ExplainedFreshness, explainFreshness } from "../caching/explain-freshness.ts";
import { type ExplainedKey, explainKey } from "../caching/explain-key.ts";
import { type ComparedField, comparedFields } from "../caching/explain-selection.ts";
import { explainStorable } from "../caching/explain-storable.ts";
import { lifetime } from "../caching/freshness.ts";
import { type CacheKey, type Keyed, shownKey, writtenKey } from "../caching/key.ts";
import type { Moment } from "../caching/moment.ts";
import { type NearKey, nearestKeys } from "../caching/nearest-keys.ts";
import type { Policy } from "../caching/policy.ts";
import { type RuledRequest, type Ruling, ruling, type Verdict } from "../caching/ruling.ts";
import { type Fit, fitOf } from "../caching/selection.ts";
import { moreRecent, type StoredResponse } from "../caching/stored.ts";
import { isCacheable } from "../http/method.ts";
import { type Entry, entryOf } from "./entry.ts";
import type { Held } from "./inventory.ts";
import { type SameContent, sameContents } from "./same-content.ts";
import type { VariedStore } from "./varied.ts";

/** A request that is asked about and not made. */
export type Supposed = {
  /** What the client would ask us for. */
  readonly url: string;
  readonly method: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Whether who asks has said by which name of ours: else the one by which it is stored is meant. */
  readonly name: "stated" | "assumed";
};

/** What a process would do with a request, and why. */
export type Explanation = Omit<Ruling, "selected"> & {
  readonly method: string;
  /** The name of ours by which it is asked. */
  readonly publicOrigin: string;
  readonly key: ExplainedKey;
  /** What lies under the key, the most recent first. */
  readonly stored: readonly ExplainedVariant[];
  /** Whether an answer as the one that is stored would be stored again, if this request brought it; absent where nothing is stored. */
  readonly storing?: { readonly answer: "yes" | "no"; readonly rules: readonly AskedRule[] };
  /** Stored keys of the same path that differ least; looked for only where nothing lies under the key. */
  readonly nearest: readonly ExplainedNear[];
  /** Of parameters of the request: whether what is stored of this path differs by them. */
  readonly contents: readonly SameContent[];
  /** The worker in whose memory it was looked for, where there are several. */
  readonly worker?: number;
};

/** A stored response, and how it fits a request. */
export type ExplainedVariant = Entry & {
  /** Where it lies: in memory, or in the tier below alone. */
  readonly tier: string;
  readonly selected: boolean;
  readonly fit: Fit;
  readonly fields: readonly ComparedField[];
  readonly freshness: ExplainedFreshness;
};

export type ExplainedNear = {
  readonly key: string;
  readonly differs: NearKey["differs"];
  /** What would be done with the request if it were for this key. */
  readonly verdict: Verdict;
};

/** A request as the cache reads it, with its place. */
export type ReadRequest = RuledRequest & Keyed;

/** What explaining rests on. */
export type ExplainingParts = {
  readonly store: VariedStore;
  readonly origin: URL;
  readonly policy: Policy;
};

/** Keys of one path that are looked through for near ones, and how many of those are told. */
const MOST_KEYS = 1000;
const MOST_NEAR = 5;

/** Tells what would be done with a request, from what is stored; nothing is fetched, changed or counted as used. */
export async function explainFrom(
  { store, origin, policy }: ExplainingParts,
  { url, name }: Supposed,
  asked: ReadRequest,
  now: Moment,
): Promise<Explanation> {
  const keys = isCacheable(asked.method) ? store.keysOf(asked) : [];
  const held = (await Promise.all(keys.map((key) => store.look(key)))).flat();
  if (keys.length > 1) held.sort((a, b) => moreRecent(a.stored, b.stored));
  const request = { ...asked, publicOrigin: nameOf(asked, held, name) };
  const variants = held.map(({ stored }) => stored);
  const { selected, ...rest } = ruling(request, variants, now, policy);
  const isMissing = rest.verdict.type === "forward" && held.length === 0;
  const others = isMissing ? await keysOfPath(store, asked.key) : [];
  const near = nearestKeys(asked.key, others, MOST_NEAR);
  const [newest] = variants;
  return {
    ...rest,
    method: asked.method,
    publicOrigin: request.publicOrigin,
    key: explainKey(new URL(url), { origin, target: asked.target(), key: asked.key, keys }),
    stored: held.map((one) => variantOf(one, request, selected, now)),
    ...storingOf(request, selected ?? newest, policy),
    nearest: await Promise.all(near.map(async ({ key, differs }) => nearOf(key, differs, await store.look(key)))),
    contents: await sameContents(store, asked.key, others),
  };

  function nearOf(key: CacheKey, differs: NearKey["differs"], lying: readonly Held[]): ExplainedNear {
    const named = { ...asked, key, publicOrigin: nameOf(asked, lying, name) };
    const { verdict } = ruling(
      named,
      lying.map(({ stored }) => stored),
      now,
      policy,
    );
    return { key: shownKey(key), differs, verdict };
  }
}

/** By a name that nobody has stated the name is meant by which something is stored. */
function nameOf({ publicOrigin }: ReadRequest, held: readonly Held[], name: Supposed["name"]): string {
  const names = held.map(({ stored }) => stored.publicOrigin).filter((each) => !isApart(each));
  return name === "stated" || isApart(publicOrigin) || names.includes(publicOrigin)
    ? publicOrigin
    : (names[0] ?? publicOrigin);
}

function variantOf(
  held: Held,
  request: ReadRequest,
  selected: StoredResponse | undefined,
  now: Moment,
): ExplainedVariant {
  const { stored } = held;
  const { method } = request;
  return {
    ...entryOf(held, now),
    tier: stored.readFrom ?? "memory",
    selected: stored === selected,
    fit: isCacheable(method) ? fitOf({ ...request, method }, stored, now.wall) : "method",
    fields: comparedFields(stored.selecting, request.presented),
    freshness: explainFreshness(stored, now),
  };
}

function storingOf(
  request: ReadRequest,
  stored: StoredResponse | undefined,
  policy: Policy,
): Pick<Explanation, "storing"> {
  if (stored === undefined) return {};
  // What the stored one was asked for says nothing of this request: it is personal by its own fields, and then nobody guesses a lifetime.
  const statement = { ...stored.reading, personal: request.personal() || stored.headers.has("set-cookie") };
  const reading = { ...statement, lifetime: lifetime(statement, policy) };
  const { decision, rules } = explainStorable(request, reading, stored.headers.get("vary"));
  return { storing: { answer: decision.type === "store" ? "yes" : "no", rules } };
}

/** The keys of the same path, with whatever query. */
async function keysOfPath(store: VariedStore, key: CacheKey): Promise<readonly CacheKey[]> {
  const [path = ""] = key.split("?", 1);
  const [alone, queries] = await Promise.all([
    store.look(writtenKey(path)),
    store.keys({ prefix: `${path}?`, after: undefined, limit: MOST_KEYS }),
  ]);
  return alone.length === 0 ? queries : [writtenKey(path), ...queries];
}
