import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { reuse as decided, type Reuse, type StaleOnError } from "../../src/caching/reuse.ts";
import type { ReusingRequest } from "../../src/caching/selection.ts";
import type { StoredResponse } from "../../src/caching/stored.ts";
import type { ForwardReason } from "../../src/http/cache-status.ts";
import type { Instant } from "../../src/http/date.ts";
import type { CacheableMethod } from "../../src/http/method.ts";
import { formatRange } from "../../src/http/range.ts";
import {
  dateAt,
  type Fields,
  moment,
  NO_DEFAULT,
  POLICY,
  reusing,
  SECOND,
  type StoredParts,
  stored,
  T0,
} from "./build.ts";

const at = (seconds: number) => T0 + seconds * SECOND;

/** A stored response with this Cache-Control. */
const says = (cacheControl: string, more: Fields = {}): StoredResponse =>
  stored({ fields: { "cache-control": cacheControl, ...more } });

const reuse = (request: ReusingRequest, variants: readonly StoredResponse[], now: Instant): Reuse =>
  decided(request, variants, moment(now), POLICY);

/** What may be done, so many seconds after arrival, for a request with this Cache-Control. */
function decide(one: StoredResponse, seconds: number, cacheControl?: string): Reuse {
  return reuse(reusing(cacheControl === undefined ? {} : { "cache-control": cacheControl }), [one], at(seconds));
}

/** The decision in one word, with what sets it apart. */
function word(decision: Reuse): string {
  switch (decision.type) {
    case "fresh":
    case "gateway-timeout":
      return decision.type;
    case "complete":
      return `complete: ${formatRange(decision.missing)}`;
    case "stale":
      return decision.revalidate ? "stale, revalidate" : "stale";
    case "validate":
    case "forward":
      return `${decision.type}: ${decision.fwd}`;
  }
}

function onError(decision: Reuse): StaleOnError | undefined {
  return decision.type === "validate" ? decision.onError : undefined;
}

describe("nothing to answer with", () => {
  test("RFC 9211 §2.2: uri-miss: nothing is stored", () => {
    expect(reuse(reusing(), [], T0)).toEqual({ type: "forward", fwd: "uri-miss" });
  });

  test("RFC 9211 §2.2: vary-miss: only for other selecting fields", () => {
    const variants = [stored({ fields: { vary: "Accept" }, request: { accept: "text/html" } })];
    expect(reuse(reusing({ accept: "text/css" }), variants, T0)).toEqual({ type: "forward", fwd: "vary-miss" });
  });

  test("RFC 9110 §9.3.2: miss: a stored HEAD has no content for GET", () => {
    expect(reuse(reusing(), [stored({ method: "HEAD" })], T0)).toEqual({ type: "forward", fwd: "miss" });
  });

  test.each<[string, StoredResponse[]]>([
    ["nothing", []],
    ["another variant", [stored({ fields: { vary: "X-A" }, request: { "x-a": "1" } })]],
    ["a HEAD", [stored({ method: "HEAD" })]],
  ])("RFC 9111 §5.2.1.7: only-if-cached where there is %s", (_, variants) => {
    expect(reuse(reusing({ "cache-control": "only-if-cached" }), variants, T0)).toEqual({ type: "gateway-timeout" });
  });
});

describe("methods and variants", () => {
  test.each<[CacheableMethod, CacheableMethod, boolean]>([
    ["GET", "GET", true],
    ["HEAD", "GET", true],
    ["HEAD", "HEAD", true],
    ["GET", "HEAD", false],
  ])("RFC 9111 §4: %s by a stored %s: %p", (asked, method, answered) => {
    expect(reuse(reusing({}, asked), [stored({ method })], T0).type).toBe(answered ? "fresh" : "forward");
  });

  test.each([
    ["the second was made a second later", -5, -4, "second"],
    ["both were made in the same second", -4, -4, "first"],
    ["the second was made earlier", -4, -5, "first"],
  ])("RFC 9111 §4: of several that match the most recent by Date is used: %s", (_, first, second, used) => {
    const variants = [
      stored({ body: "first", fields: { date: dateAt(first) } }),
      stored({ body: "second", fields: { date: dateAt(second) } }),
    ];
    const expected = variants[used === "first" ? 0 : 1];
    expect(reuse(reusing(), variants, T0)).toMatchObject({ type: "fresh", stored: expected });
  });

  test("RFC 9110 §6.6.1: what has no Date is not more recent for the fraction of a second at which it came", () => {
    const dated = stored({ body: "dated", came: 0.7, fields: { date: dateAt(0) } });
    const undated = stored({ body: "undated", came: 0.3, fields: { date: "" } });
    expect(reuse(reusing(), [dated, undated], at(1))).toMatchObject({ type: "fresh", stored: dated });
  });

  test("RFC 9111 §4.1: those that don't match are passed over", () => {
    const variants = ["de", "en"].map((language) =>
      stored({ fields: { vary: "Accept-Language" }, request: { "accept-language": language } }),
    );
    const decision = reuse(reusing({ "accept-language": "EN" }), variants, T0);
    expect(decision).toMatchObject({ type: "fresh", stored: variants[1] });
  });

  describe("RFC 9111 §4.1, RFC 9110 §12.5.4: content in the language that a request prefers", () => {
    const inLanguage = (language: string, accepted: string, parts: StoredParts = {}): StoredResponse =>
      stored({
        ...parts,
        fields: { "cache-control": "max-age=60", vary: "Accept-Language, X-A", "content-language": language },
        request: { "accept-language": accepted, "x-a": "1", ...parts.request },
      });
    const asking = (accepted: string, more: Fields = {}) =>
      reusing({ "accept-language": accepted, "x-a": "1", ...more });

    test.each<[string, string, boolean]>([
      ["fr;q=0.5, de;q=1.0", "de", true],
      ["fr;q=0.5, DE", "de", true],
      ["de", "De", true],
      ["de-AT, de;q=0.9", "de-at", true],
      ["de, *;q=0.1", "de", true],
      ["fr, de;q=0.9", "de", false],
      ["fr, de", "de", false],
      ["de;q=0", "de", false],
      ["*, de;q=0.5", "de", false],
      ["*, de", "de", false],
      ["de-AT, de;q=0.9", "de", false],
      ["de", "de-at", false],
      ["de", "de, en", false],
      ["de;q=2", "de", false],
    ])("%j and Content-Language: %s: %p", (accepted, language, answered) => {
      const decision = reuse(asking(accepted), [inLanguage(language, "en, de, fr")], T0);
      expect(word(decision)).toBe(answered ? "fresh" : "forward: vary-miss");
    });

    test.each<[string, Fields, StoredResponse]>([
      ["another selecting field differs", { "x-a": "2" }, inLanguage("de", "en")],
      ["it is under another name", {}, { ...inLanguage("de", "en"), publicOrigin: "http://other" }],
      ["it answers HEAD alone", {}, inLanguage("de", "en", { method: "HEAD" })],
    ])("not where %s", (_, more, one) => {
      expect(reuse(asking("de", more), [one], T0).type).toBe("forward");
    });

    test("not where the request says nothing of languages", () => {
      expect(word(reuse(reusing({ "x-a": "1" }), [inLanguage("de", "de")], T0))).toBe("forward: vary-miss");
    });

    test("what the same words have brought comes first, and then the most recent", () => {
      const [newer, older, exact] = [inLanguage("de", "en, de"), inLanguage("de", "de, en"), inLanguage("en", "de")];
      expect(reuse(asking("de"), [newer, older, exact], T0)).toMatchObject({ type: "fresh", stored: exact });
      expect(reuse(asking("de, en;q=0.5"), [exact, newer, older], T0)).toMatchObject({ type: "fresh", stored: newer });
    });

    test("stale, it is validated", () => {
      expect(word(reuse(asking("de"), [inLanguage("de", "en, de")], at(61)))).toBe("validate: stale");
    });
  });

  test("RFC 9111 §4.1: a HEAD that is more recent doesn't hide the GET", () => {
    const variants = [stored({ method: "HEAD" }), stored({ method: "GET" })];
    expect(reuse(reusing(), variants, T0)).toMatchObject({ type: "fresh", stored: variants[1] });
  });
});

describe("personal requests", () => {
  const changed = { "last-modified": dateAt(-1000) };

  test.each<[string, Fields, StoredParts]>([
    ["--ttl and Authorization", { authorization: "x" }, {}],
    ["--ttl and Cookie", { cookie: "a=1" }, {}],
    ["a heuristic and Cookie", { cookie: "a=1" }, { fields: changed }],
  ])("RFC 9111 §4.2.2: a guessed lifetime is not for them: %s", (_, request, parts) => {
    expect(word(reuse(reusing(request), [stored(parts)], T0))).toBe("forward: miss");
    expect(word(reuse(reusing(), [stored(parts)], T0))).toBe("fresh");
  });

  test.each<[string, StoredParts]>([
    ["max-age", { fields: { "cache-control": "max-age=60" } }],
    ["s-maxage", { fields: { "cache-control": "s-maxage=60" } }],
    ["Expires", { fields: { expires: dateAt(60) } }],
  ])("RFC 9111 §4.2.1: a stated lifetime is for all: %s", (_, parts) => {
    expect(word(reuse(reusing({ authorization: "x", cookie: "a=1" }), [stored(parts)], T0))).toBe("fresh");
  });

  test("RFC 9111 §4.1: a guess doesn't hide a stated one behind it", () => {
    const variants = [stored({}), says("max-age=60")];
    const decision = reuse(reusing({ cookie: "a=1" }), variants, T0);
    expect(decision).toMatchObject({ type: "fresh", stored: variants[1] });
  });

  test("RFC 9111 §4.3: what has no lifetime at all is validated for them as for others", () => {
    const one = stored({ fields: { etag: '"a"' }, policy: NO_DEFAULT });
    expect(word(reuse(reusing({ cookie: "a=1" }), [one], T0))).toBe("validate: stale");
  });
});

describe("fresh", () => {
  test.each([
    [0, 0, 60],
    [30, 30, 30],
    [59.999, 59, 1],
  ])("RFC 9111 §4.2: after %d s of max-age=60 the age is %d and %d remain", (seconds, age, ttl) => {
    expect(decide(says("max-age=60"), seconds)).toMatchObject({ type: "fresh", age, ttl });
  });

  test("RFC 9111 §4.2: the lifetime has passed when the age reaches it", () => {
    expect(word(decide(says("max-age=60"), 59.999))).toBe("fresh");
    expect(word(decide(says("max-age=60"), 60))).toBe("validate: stale");
  });

  test("RFC 9111 §4.2.3: the age on arrival counts", () => {
    const one = says("max-age=60", { age: "50" });
    expect(decide(one, 5)).toMatchObject({ type: "fresh", age: 55, ttl: 5 });
    expect(word(decide(one, 10))).toBe("validate: stale");
  });

  test("RFC 9111 §4.2.3: a clock that steps back makes it neither younger nor stale", () => {
    expect(decide(says("max-age=60", { age: "20" }), -3600)).toMatchObject({ type: "fresh", age: 20, ttl: 40 });
  });

  test.each(["must-revalidate", "proxy-revalidate", "immutable", "stale-while-revalidate=60"])(
    "RFC 9111 §5.2.2: %s changes nothing while it is fresh",
    (directive) => {
      expect(word(decide(says(`max-age=60, ${directive}`), 30))).toBe("fresh");
    },
  );

  test("RFC 9111 §5.2.2.4: a qualified no-cache leaves the rest usable", () => {
    expect(word(decide(says('max-age=60, no-cache="x-a"'), 30))).toBe("fresh");
  });
});

describe("what the request says of a fresh response", () => {
  // The response: max-age=60 at the age of 30.
  test.each([
    ["§5.2.1.4", "no-cache", "validate: request"],
    ["§5.2.1.4", "no-cache, max-stale", "validate: request"],
    ["§5.2.1.5", "no-store", "fresh"],
    ["§5.2.1.1", "max-age=0", "validate: request"],
    ["§5.2.1.1", "max-age=29", "validate: request"],
    ["§5.2.1.1", "max-age=30", "fresh"],
    ["§5.2.1.1", "max-age=soon", "validate: request"],
    ["§5.2.1.2", "max-stale", "fresh"],
    ["§5.2.1.3", "min-fresh=30", "fresh"],
    ["§5.2.1.3", "min-fresh=31", "validate: request"],
    ["§5.2.1.3", "min-fresh=0", "fresh"],
    ["§5.2.1.7", "only-if-cached", "fresh"],
    ["§5.2.1.7", "only-if-cached, no-cache", "gateway-timeout"],
    ["§5.2.1.7", "only-if-cached, max-age=0", "gateway-timeout"],
    ["§5.2.1.7", "only-if-cached, min-fresh=31", "gateway-timeout"],
  ])("RFC 9111 %s: %s: %s", (_, cacheControl, decided) => {
    expect(word(decide(says("max-age=60"), 30, cacheControl))).toBe(decided);
  });

  test("RFC 9111 §5.2.1.1: max-age=0 asks for validation within the same millisecond, too", () => {
    expect(word(decide(says("max-age=60"), 0, "max-age=0"))).toBe("validate: request");
  });

  // The response: max-age=60, immutable.
  test.each<[number, string, string]>([
    [30, "max-age=0", "fresh"],
    [30, "max-age=29", "fresh"],
    [30, "max-age=0, only-if-cached", "fresh"],
    [30, "no-cache", "validate: request"],
    [30, "no-cache, max-age=0", "validate: request"],
    [30, "max-age=0, min-fresh=31", "validate: request"],
    [60, "max-age=0", "validate: request"],
    [60, "max-age=100", "validate: stale"],
  ])("RFC 8246 §2: immutable, after %d s: %s: %s", (seconds, cacheControl, decided) => {
    expect(word(decide(says("max-age=60, immutable"), seconds, cacheControl))).toBe(decided);
  });

  test("RFC 8246 §2, RFC 9213 §2.2: what CDN-Cache-Control says of it counts, where there is one", () => {
    const targeted = says("max-age=60", { "cdn-cache-control": "max-age=60, immutable" });
    expect(word(decide(targeted, 30, "max-age=0"))).toBe("fresh");
    const other = says("max-age=60, immutable", { "cdn-cache-control": "max-age=60" });
    expect(word(decide(other, 30, "max-age=0"))).toBe("validate: request");
  });

  test("RFC 8246 §2: an immutable response that says no-cache is validated", () => {
    expect(word(decide(says("max-age=60, immutable, no-cache"), 30, "max-age=0"))).toBe("validate: stale");
  });

  test("RFC 9111 §5.4: Pragma: no-cache stands for no-cache", () => {
    expect(word(reuse(reusing({ pragma: "no-cache" }), [says("max-age=60")], T0))).toBe("validate: request");
  });
});

describe("what is used stale", () => {
  // Response, age, request: the decision.
  test.each([
    ["§4.2.4", "max-age=60", 90, undefined, "validate: stale"],
    ["§4.2.4", "max-age=60", 90, "only-if-cached", "gateway-timeout"],
    ["§5.2.2.4", "max-age=60, no-cache", 0, undefined, "validate: stale"],
    ["§5.2.2.4", "max-age=60, no-cache", 0, "max-stale", "validate: stale"],
    ["§5.2.2.4", "max-age=60, no-cache", 0, "only-if-cached", "gateway-timeout"],
    ["§5.2.2.4", "max-age=60, no-cache, stale-while-revalidate=60", 70, undefined, "validate: stale"],
    ["§5.2.1.2", "max-age=60", 90, "max-stale", "stale"],
    ["§5.2.1.2", "max-age=60", 90, "max-stale=30", "stale"],
    ["§5.2.1.2", "max-age=60", 90, "max-stale=29", "validate: stale"],
    ["§5.2.1.2", "max-age=60", 90, "max-stale=x", "validate: stale"],
    ["§5.2.1.2", "max-age=60", 90, "max-stale, only-if-cached", "stale"],
    ["§5.2.1.2", "max-age=60", 90, "max-stale, max-age=90", "stale"],
    ["§5.2.1.1", "max-age=60", 90, "max-stale, max-age=89", "validate: request"],
    ["§5.2.1.3", "max-age=60", 90, "max-stale, min-fresh=1", "validate: stale"],
    ["§5.2.1.3", "max-age=60", 90, "min-fresh=0", "validate: stale"],
    ["§5.2.1.3", "max-age=60", 60, "min-fresh=1", "validate: stale"],
    ["§5.2.1.3", "max-age=60", 30.001, "min-fresh=30", "validate: request"],
    ["§5.2.2.2", "max-age=60, must-revalidate", 90, "max-stale", "validate: stale"],
    ["§5.2.2.2", "max-age=60, must-revalidate", 90, "max-stale, only-if-cached", "gateway-timeout"],
    ["§5.2.2.2", "max-age=60, must-revalidate, stale-while-revalidate=60", 90, undefined, "validate: stale"],
    ["§5.2.2.8", "max-age=60, proxy-revalidate", 90, "max-stale", "validate: stale"],
    ["§5.2.2.8", "max-age=60, proxy-revalidate, stale-while-revalidate=60", 90, undefined, "validate: stale"],
    ["§5.2.2.10", "s-maxage=60", 90, "max-stale", "validate: stale"],
    ["§5.2.2.10", "s-maxage=60, max-age=600", 90, "max-stale", "validate: stale"],
  ])("RFC 9111 %s: %s at the age of %d, asked with %s: %s", (_, response, seconds, request, decided) => {
    expect(word(decide(says(response), seconds, request))).toBe(decided);
  });

  test.each([
    ["max-age=60, stale-while-revalidate=30", 60, undefined, "stale, revalidate"],
    ["max-age=60, stale-while-revalidate=30", 90, undefined, "stale, revalidate"],
    ["max-age=60, stale-while-revalidate=30", 91, undefined, "validate: stale"],
    ["max-age=60, stale-while-revalidate=30", 90, "max-stale", "stale, revalidate"],
    ["max-age=60, stale-while-revalidate=30", 100, "max-stale", "stale"],
    ["max-age=60, stale-while-revalidate=30", 90, "only-if-cached", "stale, revalidate"],
    ["max-age=60, stale-while-revalidate=30", 90, "no-cache", "validate: request"],
    ["max-age=60, stale-while-revalidate=30", 90, "max-age=60", "validate: request"],
    ["max-age=60, stale-while-revalidate=30", 90, "min-fresh=1", "validate: stale"],
    ["max-age=0, stale-while-revalidate=30", 0, undefined, "stale, revalidate"],
    ["s-maxage=60, stale-while-revalidate=30", 90, undefined, "stale, revalidate"],
    ["s-maxage=60, stale-while-revalidate=30", 91, undefined, "validate: stale"],
    ["s-maxage=60, stale-while-revalidate=30", 91, "max-stale", "validate: stale"],
    ["max-age=60, stale-while-revalidate=x", 60, undefined, "validate: stale"],
  ])("RFC 5861 §3: %s at the age of %d, asked with %s: %s", (response, seconds, request, decided) => {
    expect(word(decide(says(response), seconds, request))).toBe(decided);
  });

  test.each([
    [60, -1],
    [60.001, -1],
    [61, -1],
    [62.5, -3],
    [90, -30],
  ])("RFC 9211 §2.4: at the age of %d s of max-age=60 the ttl is %d, always below zero", (seconds, ttl) => {
    expect(decide(says("max-age=60"), seconds, "max-stale")).toMatchObject({ type: "stale", ttl });
  });
});

describe("when the origin fails", () => {
  test.each<[string, string, string | undefined, StaleOnError]>([
    ["RFC 9111 §4.2.4", "max-age=60", undefined, "disconnected"],
    ["RFC 9111 §4.2.4", "max-age=60", "max-age=0", "disconnected"],
    ["RFC 5861 §4", "max-age=60, stale-if-error=30", undefined, "error"],
    ["RFC 5861 §4", "max-age=60, stale-if-error=29", undefined, "disconnected"],
    ["RFC 5861 §4", "max-age=60", "stale-if-error=30", "error"],
    ["RFC 5861 §4", "max-age=60", "stale-if-error=29", "disconnected"],
    ["RFC 5861 §4", "s-maxage=60, stale-if-error=30", undefined, "error"],
    ["RFC 9111 §5.2.2.10", "s-maxage=60, stale-if-error=29", undefined, "never"],
    ["RFC 9111 §5.2.2.10", "s-maxage=60", undefined, "never"],
    ["RFC 9111 §5.2.2.2", "max-age=60, must-revalidate", undefined, "never"],
    ["RFC 9111 §5.2.2.2", "max-age=60, must-revalidate, stale-if-error=600", "stale-if-error=600", "never"],
    ["RFC 9111 §5.2.2.8", "max-age=60, proxy-revalidate, stale-if-error=600", undefined, "never"],
    ["RFC 9111 §5.2.2.4", "max-age=60, no-cache, stale-if-error=600", undefined, "never"],
    ["RFC 9111 §5.2.1.4", "max-age=60, stale-if-error=600", "no-cache", "never"],
  ])("%s: %s at the age of 90, asked with %s: %s", (_, response, request, expected) => {
    expect(onError(decide(says(response), 90, request))).toBe(expected);
  });
});

describe("whatever is stored and asked", () => {
  const seconds = fc.constantFrom(0, 1, 30, 60, 90, 600);
  const timed = (...names: string[]) =>
    fc.tuple(fc.constantFrom(...names), seconds).map(([name, value]) => `${name}=${value}`);
  const responseDirectives = fc.array(
    fc.oneof(
      timed("max-age", "s-maxage", "stale-while-revalidate", "stale-if-error"),
      fc.constantFrom("public", "no-cache", "must-revalidate", "proxy-revalidate", "immutable", 'no-cache="x-a"'),
    ),
    { maxLength: 5 },
  );
  const requestDirectives = fc.array(
    fc.oneof(
      timed("max-age", "max-stale", "min-fresh", "stale-if-error"),
      fc.constantFrom("no-cache", "max-stale", "only-if-cached", "no-store"),
    ),
    { maxLength: 4 },
  );
  const age = fc.integer({ min: -100, max: 1000 });
  const onArrival = seconds.map((value): Fields => ({ age: String(value) }));
  const scenario = fc.record({
    one: fc
      .tuple(responseDirectives, onArrival)
      .map(([directives, fields]) => says(directives.join(", "), { ...fields, etag: '"a"' })),
    now: age,
    asked: requestDirectives.map((directives) => directives.join(", ")),
  });
  const runs = { numRuns: 2000 };

  test("RFC 9111 §4.2: fresh means an age below the lifetime, and the ttl says how far", () => {
    fc.assert(
      fc.property(scenario, ({ one, now, asked }) => {
        const decision = decide(one, now, asked);
        if (decision.type !== "fresh") return;
        expect(decision.age * SECOND).toBeLessThan(one.reading.lifetime.ms);
        expect(decision.age + decision.ttl).toBe(one.reading.lifetime.ms / SECOND);
        expect(one.reading.directives.noCache).not.toBe(true);
      }),
      runs,
    );
  });

  test("RFC 9111 §4.2.4: stale is used only where a window of the response or the request allows it", () => {
    fc.assert(
      fc.property(scenario, ({ one, now, asked }) => {
        const decision = decide(one, now, asked);
        if (decision.type !== "stale") return;
        const { staleWhileRevalidate = 0 } = one.reading.directives;
        const { maxStale = 0 } = reusing({ "cache-control": asked }).directives;
        const staleness = decision.age - one.reading.lifetime.ms / SECOND;
        expect(decision.ttl).toBeLessThan(0);
        expect(staleness).toBeWithin(0, Math.max(decision.revalidate ? staleWhileRevalidate : maxStale, 0) + 1);
      }),
      runs,
    );
  });

  test("RFC 9111 §5.2.2.2, §5.2.2.8: once stale, must-revalidate and proxy-revalidate are never used unvalidated", () => {
    const strict = fc.constantFrom("must-revalidate", "proxy-revalidate");
    fc.assert(
      fc.property(responseDirectives, strict, age, requestDirectives, (directives, revalidate, now, asked) => {
        const one = says([...directives, revalidate].join(", "));
        if (Math.max(0, now) * SECOND < one.reading.lifetime.ms) return;
        const decision = decide(one, now, asked.join(", "));
        expect(["validate", "gateway-timeout"]).toContain(decision.type);
        expect(onError(decision) ?? "never").toBe("never");
      }),
      runs,
    );
  });

  test("RFC 9111 §5.2.1.4: no-cache is never answered unvalidated, only-if-cached is never sent on", () => {
    fc.assert(
      fc.property(scenario, ({ one, now, asked }) => {
        const unvalidated = ["fresh", "stale"];
        expect(unvalidated).not.toContain(decide(one, now, `no-cache, ${asked}`).type);
        const sentOn = ["validate", "forward"];
        expect(sentOn).not.toContain(decide(one, now, `only-if-cached, ${asked}`).type);
      }),
      runs,
    );
  });

  test("RFC 9111 §4.2: what is no longer fresh never becomes fresh by waiting", () => {
    fc.assert(
      fc.property(scenario, fc.nat(1000), ({ one, now, asked }, later) => {
        if (decide(one, now, asked).type === "fresh") return;
        expect(decide(one, now + later, asked).type).not.toBe("fresh");
      }),
      runs,
    );
  });

  test("RFC 9211 §2.2: a stored response that is selected is never a miss", () => {
    const misses: ForwardReason[] = ["uri-miss", "vary-miss", "miss"];
    fc.assert(
      fc.property(scenario, ({ one, now, asked }) => {
        const decision = decide(one, now, asked);
        if (decision.type === "validate") expect(misses).not.toContain(decision.fwd);
        expect(decision.type).not.toBe("forward");
      }),
      runs,
    );
  });
});

describe("parts", () => {
  const part = (range: string, fields: Fields = {}, body = "01234"): StoredResponse =>
    stored({ status: 206, body, fields: { "cache-control": "max-age=60", "content-range": range, ...fields } });
  const beginning = part("bytes 0-4/10");
  const tagged = part("bytes 0-4/10", { etag: '"a"' });
  const large = part("bytes 0-4/9999999", { etag: '"a"' });

  test.each<[string, StoredResponse, Fields, string]>([
    ["within it", beginning, { range: "bytes=1-2" }, "fresh"],
    ["beyond it", beginning, { range: "bytes=4-5" }, "complete: bytes=5-"],
    ["the whole", beginning, {}, "complete: bytes=5-"],
    ["the whole, what is stored or nothing", beginning, { "cache-control": "only-if-cached" }, "gateway-timeout"],
    [
      "within it, what is stored or nothing",
      beginning,
      { range: "bytes=1-2", "cache-control": "only-if-cached" },
      "fresh",
    ],
    ["within it, but not unasked", beginning, { range: "bytes=1-2", "cache-control": "no-cache" }, "validate: request"],
    ["the whole, but not unasked", beginning, { "cache-control": "no-cache" }, "forward: partial"],
    [
      "the whole, but not unasked, of what can be told apart",
      tagged,
      { "cache-control": "no-cache" },
      "complete: bytes=5-",
    ],
    ["the whole of a large one", large, {}, "forward: partial"],
    ["another part of a large one", large, { range: "bytes=5-9" }, "forward: partial"],
  ])("RFC 9111 §3.3: %s: %#", (_, one, request, expected) => {
    expect(word(reuse(reusing(request), [one], T0))).toBe(expected);
  });

  test.each<[string, StoredResponse, Fields, string]>([
    ["within it", beginning, { range: "bytes=1-2" }, "validate: stale"],
    ["the whole", beginning, {}, "forward: stale"],
    ["the whole of what can be told apart", tagged, {}, "complete: bytes=5-"],
  ])("RFC 9111 §4.3, §3.3: once stale: %s", (_, one, request, expected) => {
    expect(word(reuse(reusing(request), [one], at(60)))).toBe(expected);
  });

  test("RFC 9110 §14.2: a part is nothing for HEAD", () => {
    expect(word(reuse(reusing({ range: "bytes=1-2" }, "HEAD"), [beginning], T0))).toBe("forward: miss");
  });

  test("RFC 9111 §3.3: a part that does not do leaves a whole behind it to answer", () => {
    const variants = [beginning, says("max-age=60")];
    expect(reuse(reusing(), variants, T0)).toMatchObject({ type: "fresh", stored: variants[1] });
    expect(reuse(reusing({ range: "bytes=1-2" }), variants, T0)).toMatchObject({ type: "fresh", stored: beginning });
  });
});

test.each([
  ["no-cache", undefined],
  ["max-age=0, must-revalidate", undefined],
  ["s-maxage=0", undefined],
  ["max-age=600", "no-cache"],
])("of what says %s to %s all may stand in where the origin is never asked", (cacheControl, asked) => {
  const request = reusing(asked === undefined ? {} : { "cache-control": asked });
  const never = decided(request, [says(cacheControl)], moment(at(10)), { ...POLICY, neverAsks: true });
  expect(onError(never)).toBe("disconnected");
  expect(onError(reuse(request, [says(cacheControl)], at(10)))).toBe("never");
});
