import { describe, expect, test } from "bun:test";
import { type Received, read } from "../../src/caching/stored.ts";
import { withLifetime } from "../../src/rules/lifetime.ts";
import type { Rule } from "../../src/rules/rule.ts";
import { matched } from "./build.ts";

const NOW = Date.UTC(2026, 0, 1);
const DATE = new Date(NOW).toUTCString();

const received = (fields: Readonly<Record<string, string>>, status = 200): Received => ({
  ...{ status, headers: new Headers(fields), requestTime: NOW, responseTime: NOW, sentAt: 0, arrivedAt: 0 },
});

const ruled = (values: Rule["values"], fields: Readonly<Record<string, string>>, status = 200) => {
  const amended = withLifetime(received(fields, status), matched(values));
  return {
    field: amended.headers.get("cdn-cache-control"),
    ...read(amended, false, { defaultTtl: 120_000, maxEntrySize: 1 }),
  };
};

describe("a ttl", () => {
  test.each([
    {},
    { "cache-control": "no-store" },
    { "cache-control": "private, max-age=5" },
    { expires: "0" },
    { "cdn-cache-control": "max-age=1" },
  ])("replaces %j", (fields) => {
    expect(ruled({ ttl: 60_000 }, fields)).toMatchObject({
      field: "max-age=60, caching-proxy-rule",
      lifetime: { ms: 60_000, source: "rule" },
      directives: { noStore: false, private: false },
    });
  });

  test("counts from now, however old the answer is", () => {
    const { lifetime, initialAge } = ruled({ ttl: 60_000 }, { age: "1000" });
    expect(lifetime.ms - initialAge).toBe(60_000);
  });

  test("is whole seconds, at least as long as was said", () => {
    expect(ruled({ ttl: 1500 }, {}).lifetime.ms).toBe(2000);
  });

  test("is never more than a cache can count", () => {
    expect(ruled({ ttl: 1e30 }, {}).lifetime.ms).toBe(2_147_483_648_000);
  });

  test("leaves who may have it where the request has Authorization", () => {
    expect(ruled({ ttl: 1000 }, { "cache-control": "s-maxage=5" }).directives.public).toBe(true);
  });

  test("comes with windows of rules, and without those of the origin", () => {
    const { directives } = ruled({ ttl: 1000, staleIfError: 5000 }, { "cache-control": "stale-while-revalidate=9" });
    expect(directives).toMatchObject({ staleIfError: 5 });
    expect(directives.staleWhileRevalidate).toBeUndefined();
  });

  test("is for successes without a cookie", () => {
    expect(ruled({ ttl: 1000 }, {}, 500).field).toBeNull();
    expect(ruled({ ttl: 1000 }, { "set-cookie": "a=1" }).field).toBeNull();
    expect(ruled({ ttl: 1000, "response.headers": { "set-cookie": null } }, { "set-cookie": "a=1" }).field).toContain(
      "max-age=1",
    );
  });
});

describe("a stale window alone leaves all else as it is", () => {
  test.each<[Readonly<Record<string, string>>]>([
    [{}],
    [{ "cache-control": "max-age=5" }],
    [
      {
        "cache-control": "s-maxage=7, max-age=5, public, must-revalidate, proxy-revalidate, immutable, must-understand",
      },
    ],
    [{ "cache-control": 'no-store, no-cache="a, b", private' }],
    [{ "cache-control": 'no-cache, private="x"' }],
    [{ "cache-control": "stale-while-revalidate=3" }],
    [{ date: DATE, expires: new Date(NOW + 30_000).toUTCString() }],
    [{ date: DATE, expires: "0" }],
    [{ date: DATE, "last-modified": new Date(NOW - 100_000).toUTCString() }],
    [{ "cache-control": "max-age=5", "cdn-cache-control": "max-age=9, public" }],
    [{ "cache-control": "max-age=5", "cdn-cache-control": "not a dictionary" }],
  ])("%j", (fields) => {
    const before = read(received(fields), false, { defaultTtl: 120_000, maxEntrySize: 1 });
    const after = ruled({ staleIfError: 5000 }, fields);
    expect(after.lifetime.ms).toBe(before.lifetime.ms);
    expect(after.directives).toEqual({ ...before.directives, maxAge: after.directives.maxAge, staleIfError: 5 });
  });

  test("the window of the rule counts, not that of the origin", () => {
    const fields = { "cache-control": "max-age=5, stale-if-error=1" };
    expect(ruled({ staleIfError: 5000 }, fields).directives.staleIfError).toBe(5);
  });
});
