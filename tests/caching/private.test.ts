import { expect, test } from "bun:test";
import fc from "fast-check";
import type { Policy } from "../../src/caching/policy.ts";
import { storable } from "../../src/caching/storable.ts";
import { POLICY, reading, SECOND, storing } from "./build.ts";

const PRIVATE: Policy = { ...POLICY, kind: "private" };

/** Whether a cache of one user's stores it, and its lifetime in seconds. */
function kept(fields: Readonly<Record<string, string>>): readonly [string, number] {
  const of = reading({ fields, policy: PRIVATE });
  const decision = storable(storing({}), of, null);
  return [decision.type === "store" ? "store" : decision.reason, of.lifetime.ms / SECOND];
}

test.each<[Readonly<Record<string, string>>, readonly [string, number]]>([
  [{ "cache-control": "private, max-age=60" }, ["store", 60]],
  [{ "cache-control": 'private="set-cookie", max-age=60' }, ["store", 60]],
  [{ "cache-control": "s-maxage=60, max-age=5" }, ["store", 5]],
  [{ "cache-control": "max-age=5", "cdn-cache-control": "no-store" }, ["store", 5]],
  [{ "cache-control": "no-store", "cdn-cache-control": "max-age=60" }, ["no-store", 120]],
  // How long what is private may be kept nobody guesses.
  [{ "cache-control": "private" }, ["personal", 0]],
  [{ "set-cookie": "a=1" }, ["personal", 0]],
  [{}, ["store", 120]],
])("RFC 9111 §1, a private cache: %j", (fields, what) => {
  expect(kept(fields)).toEqual(what);
});

test("it leaves out no field that private names, and may use what is stale where proxies may not", () => {
  const of = reading({
    fields: { "cache-control": 'private="x-a", proxy-revalidate, max-age=60, must-revalidate' },
    policy: PRIVATE,
  });
  expect(storable(storing({}), of, null)).toMatchObject({ type: "store", omit: [] });
  expect(of.directives).toMatchObject({ proxyRevalidate: false, mustRevalidate: true, sMaxage: undefined });
});

test("where nothing is said to shared caches both read the same", () => {
  const directives = [
    "max-age=60",
    "no-cache",
    "no-store",
    "public",
    "must-revalidate",
    "immutable",
    "stale-if-error=9",
  ];
  fc.assert(
    fc.property(fc.subarray(directives), (said) => {
      const fields = said.length === 0 ? {} : { "cache-control": said.join(", ") };
      expect(reading({ fields, policy: PRIVATE })).toEqual(reading({ fields }));
    }),
  );
});
