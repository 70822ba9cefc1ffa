import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { candidates, chosenOf, setCandidates } from "../../src/caching/candidates.ts";
import type { StoredResponse } from "../../src/caching/stored.ts";
import type { CacheableMethod } from "../../src/http/method.ts";
import { type Fields, reusing, type StoredParts, stored } from "./build.ts";

/** A stored variant with this entity tag. */
function variant(etag: string, parts: StoredParts = {}): StoredResponse {
  const fields = { "cache-control": "max-age=60", vary: "Accept-Charset", etag, ...parts.fields };
  return stored({ ...parts, fields, request: { "accept-charset": etag, ...parts.request } });
}

/** What the origin would be told of these variants, null for nothing. */
function told(
  variants: readonly StoredResponse[],
  fields: Fields = {},
  method: CacheableMethod = "GET",
): string | null {
  const headers = new Headers(fields);
  const known = candidates({ ...reusing(fields, method), headers }, variants);
  if (known.length > 0) setCandidates(headers, known);
  return known.length === 0 ? null : headers.get("if-none-match");
}

describe("RFC 9111 §4.1: what the origin is told of the variants that are stored", () => {
  test("their strong entity tags, each once, the most recent first", () => {
    expect(told([variant('"b"'), variant('"a"'), variant('"b"', { request: { "accept-charset": "2" } })])).toBe(
      '"b", "a"',
    );
  });

  test.each<[string, StoredResponse]>([
    ["a weak tag, which may be that of another content coding", variant('W/"a"')],
    ["one without quotes", variant("a")],
    ["one that no list can hold", variant('"a"b"')],
    ["of a status other than 200", variant('"a"', { status: 404 })],
    ["one for who named himself", variant('"a"', { personal: true })],
    ["one under another name", { ...variant('"a"'), publicOrigin: "http://other" }],
    ["a HEAD", variant('"a"', { method: "HEAD" })],
    [
      "one that another tenant may have",
      variant('"a"', { fields: { vary: "X-Tenant" }, request: { "x-tenant": "a" } }),
    ],
  ])("nothing of %s", (_, one) => {
    expect(told([one])).toBeNull();
    expect(told([one, variant('"z"')])).toBe('"z"');
  });

  test("HEAD is told of HEAD", () => {
    expect(told([variant('"a"', { method: "HEAD" }), variant('"b"')], {}, "HEAD")).toBe('"a"');
  });

  test("RFC 9111 §4.2.2: nothing of a guessed lifetime to who names himself", () => {
    const guessed = variant('"a"', { fields: { "cache-control": "x" } });
    expect(told([guessed])).toBe('"a"');
    expect(told([guessed], { cookie: "a=1" })).toBeNull();
    expect(told([variant('"a"')], { cookie: "a=1" })).toBe('"a"');
  });

  test.each(["if-none-match", "if-modified-since", "if-match", "if-unmodified-since", "if-range", "range"])(
    "nothing where the client sent %s",
    (name) => {
      expect(told([variant('"a"')], { [name]: "x" })).toBeNull();
    },
  );

  test("RFC 9110 §8.8.3: nothing of what the request does not take, though the tag may say that it is the same", () => {
    const zipped = variant('"a"', { fields: { "content-encoding": "gzip" } });
    expect(told([zipped], { "accept-encoding": "br" })).toBeNull();
    expect(told([zipped], { "accept-encoding": "br, gzip" })).toBe('"a"');
  });

  test("Fetch §3.3: what is for pages of a site is named to other sites', and not to who is no page", () => {
    const cors = { vary: "Origin", "access-control-allow-origin": "http://a" };
    const one = variant('"a"', { fields: cors, request: { origin: "http://a" } });
    expect(told([one], { origin: "http://b" })).toBe('"a"');
    expect(told([one])).toBeNull();
  });

  test("never more than 16 tags nor 4 KB", () => {
    const tag = fc
      .integer({ min: 1, max: 1500 })
      .chain((length) => fc.integer({ min: 0, max: 30 }).map((n) => ({ length, n })));
    fc.assert(
      fc.property(fc.array(tag, { minLength: 1, maxLength: 30 }), (tags) => {
        const value = told(tags.map(({ length, n }) => variant(`"${n}${"x".repeat(length)}"`))) ?? "";
        expect(value.split(", ").length).toBeLessThanOrEqual(16);
        expect(value.length).toBeLessThanOrEqual(4096);
      }),
    );
    expect(told(Array.from({ length: 40 }, (_, n) => variant(`"${n}"`)))?.split(", ")).toHaveLength(16);
  });
});

describe("RFC 9111 §4.3.4: which of them a 304 names", () => {
  const [a, b] = [variant('"a"'), variant('"b"')];

  test.each<[string, Fields, StoredResponse | undefined]>([
    ["one by its tag", { etag: '"b"' }, b],
    ["another", { etag: '"a"' }, a],
    ["none by a tag that is none of theirs", { etag: '"c"' }, undefined],
    ["none by a weak tag", { etag: 'W/"a"' }, undefined],
    ["none without a tag", {}, undefined],
  ])("%s", (_, fields, named) => {
    expect(chosenOf({ ...reusing(), headers: new Headers() }, [a, b], new Headers(fields))).toBe(named);
  });

  test.each<[string, Fields, boolean]>([
    ["that says which site's pages may read it", { "access-control-allow-origin": "http://b" }, true],
    ["that does not", {}, false],
  ])("Fetch §3.3: for pages of another site by a 304 %s: %p", (_, fields, named) => {
    const cors = { vary: "Origin", "access-control-allow-origin": "http://a" };
    const one = variant('"a"', { fields: cors, request: { origin: "http://a" } });
    const request = { ...reusing({ origin: "http://b" }), headers: new Headers() };
    expect(chosenOf(request, [one], new Headers({ etag: '"a"', ...fields }))).toBe(named ? one : undefined);
  });
});
