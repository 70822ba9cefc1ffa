import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { combine, isOverfull, missingRange, wholeIfAll, wholePays } from "../../src/caching/combine.ts";
import type { StoredResponse } from "../../src/caching/stored.ts";
import { formatRange } from "../../src/http/range.ts";
import { dateAt, type Fields, NO_DEFAULT, type StoredParts, stored } from "./build.ts";

const TEXT = "0123456789";
/** The bytes from first to last of ten, as a 206 that carries them. */
function part(first: number, last: number, fields: Fields = {}, more: StoredParts = {}): StoredResponse {
  return stored({
    status: 206,
    body: TEXT.slice(first, last + 1),
    ...more,
    fields: { etag: '"a"', "content-range": `bytes ${first}-${last}/10`, ...fields },
  });
}

const joined = (older: StoredResponse, newer: StoredResponse, maxEntrySize = 1000) =>
  combine(older, newer, { ...NO_DEFAULT, maxEntrySize });

/** Status, Content-Range, Content-Length and body. */
async function shown(of: StoredResponse | undefined): Promise<string> {
  if (of === undefined) return "apart";
  const { headers, reading, body } = of;
  expect(headers.get("content-length")).toBe(String(body.size));
  return `${reading.status} ${headers.get("content-range") ?? "-"} ${await body.text()}`;
}

describe("combine", () => {
  test.each([
    ["the next", part(0, 4), part(5, 7), "206 bytes 0-7/10 01234567"],
    ["the one before", part(5, 7), part(0, 4), "206 bytes 0-7/10 01234567"],
    ["overlapping", part(2, 5), part(4, 7), "206 bytes 2-7/10 234567"],
    ["one within the other", part(2, 7), part(4, 5), "206 bytes 2-7/10 234567"],
    ["the rest", part(0, 4), part(5, 9), "200 - 0123456789"],
    ["a gap between", part(0, 3), part(5, 9), "apart"],
    ["a whole and a part of it", stored({ body: TEXT, fields: { etag: '"a"' } }), part(5, 7), "200 - 0123456789"],
  ])("RFC 9110 §15.3.7.3: %s", async (_, older, newer, expected) => {
    expect(await shown(joined(older, newer))).toBe(expected);
  });

  test("RFC 9875 §2: what is joined belongs to the groups of both", () => {
    const [older, newer] = [part(0, 4, { "cache-groups": '"a", "b"' }), part(5, 9, { "cache-groups": '"b", "c"' })];
    expect(joined(older, newer)?.groups).toEqual([...older.groups, ...newer.groups.slice(1)]);
    expect(joined(older, part(5, 9))?.groups).toEqual(older.groups);
  });

  const changed = { "last-modified": dateAt(-60) };
  test.each<[string, Fields, Fields, boolean]>([
    ["the same strong tag", { etag: '"b"' }, { etag: '"b"' }, true],
    ["other tags", { etag: '"b"' }, { etag: '"c"' }, false],
    ["the same weak tag", { etag: 'W/"b"' }, { etag: 'W/"b"' }, false],
    ["the same strong Last-Modified", changed, changed, true],
    ["other dates", changed, { "last-modified": dateAt(-61) }, false],
    ["the same weak Last-Modified", { "last-modified": dateAt(0) }, { "last-modified": dateAt(0) }, false],
    ["a tag beside the same date", { etag: '"b"', ...changed }, changed, false],
    ["no validator", {}, {}, false],
  ])("RFC 9111 §3.4: only what shares a strong validator: %s", (_, older, newer, together) => {
    const bare = (first: number, last: number, fields: Fields) =>
      stored({
        status: 206,
        body: TEXT.slice(first, last + 1),
        fields: { "content-range": `bytes ${first}-${last}/10`, ...fields },
      });
    expect(joined(bare(0, 4, older), bare(5, 9, newer)) !== undefined).toBe(together);
  });

  test.each<[string, StoredResponse]>([
    ["another length of the whole", part(5, 8, { "content-range": "bytes 5-8/9" })],
    ["less content than it says", part(5, 9, {}, { body: "567" })],
    ["more content than it says", part(5, 7, {}, { body: "56789" })],
    ["other selecting fields", part(5, 9, { vary: "accept" }, { request: { accept: "text/html" } })],
    ["a HEAD", { ...part(5, 9), method: "HEAD" }],
    ["an error with the same tag", stored({ status: 404, body: TEXT, fields: { etag: '"a"' } })],
  ])("RFC 9111 §3.4: never with %s", (_, other) => {
    expect(joined(part(0, 4), other)).toBeUndefined();
    expect(joined(other, part(0, 4))).toBeUndefined();
  });

  test("RFC 9111 §3.4: the fields of the newer replace those of the older, but for Content-Range", () => {
    const older = part(0, 4, { "x-a": "old", "x-b": "old", age: "30", "set-cookie": "a=1", date: dateAt(0) });
    const newer = part(5, 7, { "x-a": "new", date: dateAt(60) }, { came: 60 });
    const both = joined(older, newer);
    expect(Object.fromEntries(both?.headers ?? [])).toEqual({
      etag: '"a"',
      "content-range": "bytes 0-7/10",
      "content-length": "8",
      date: dateAt(60),
      "x-a": "new",
      "x-b": "old",
    });
    expect(both?.reading.responseTime).toBe(newer.reading.responseTime);
  });

  test("RFC 9111 §5.2.2.7: what the newer says is private is not kept of the older", () => {
    const both = joined(part(0, 4, { "x-user": "me" }), part(5, 9, { "cache-control": 'private="x-user"' }));
    expect(both?.headers.has("x-user")).toBe(false);
  });

  test("what is joined keeps within the bound", () => {
    expect(joined(part(0, 4), part(5, 7), 8)).toBeDefined();
    expect(joined(part(0, 4), part(5, 7), 7)).toBeUndefined();
  });

  test("RFC 9111 §4.4: what is joined is as old as what came, which proves it current, as far as invalidation goes", () => {
    expect(joined({ ...part(0, 4), sentAt: 5 }, { ...part(5, 7), sentAt: 9 })?.sentAt).toBe(9);
    expect(joined({ ...part(0, 4), sentAt: 9 }, { ...part(5, 7), sentAt: 5 })?.sentAt).toBe(5);
  });

  test("a large part is not copied for one that is small beside it, but to be whole", () => {
    const size = 2 * 1024 * 1024;
    const of = (first: number, bytes: number, complete: number): StoredResponse =>
      stored({
        status: 206,
        body: "x".repeat(bytes),
        fields: { etag: '"a"', "content-range": `bytes ${first}-${first + bytes - 1}/${complete}` },
      });
    const large = of(0, size, 2 * size);
    expect(joined(large, of(size, size / 16, 2 * size), 2 * size)).toBeDefined();
    expect(joined(large, of(size, size / 16 - 1, 2 * size), 2 * size)).toBeUndefined();
    expect(joined(of(0, size, size + 1), of(size, 1, size + 1), 2 * size)?.reading.status).toBe(200);
  });

  test("RFC 9110 §15.3.7.3: parts in whatever order make bytes of the whole and nothing else", async () => {
    const range = fc.tuple(fc.nat(9), fc.nat(9)).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
    await fc.assert(
      fc.asyncProperty(fc.array(range, { minLength: 1, maxLength: 8 }), async (ranges) => {
        let kept: readonly StoredResponse[] = [];
        for (const [first, last] of ranges) {
          let came = part(first, last);
          const apart: StoredResponse[] = [];
          for (const other of kept) {
            const both = joined(other, came);
            if (both === undefined) apart.push(other);
            else came = both;
          }
          kept = [came, ...apart];
        }
        const held = new Set(ranges.flatMap(([first, last]) => [...TEXT.slice(first, last + 1)]));
        expect(kept.reduce((sum, { body }) => sum + body.size, 0)).toBe(held.size);
        for (const { body, reading } of kept) {
          const { first, last } = reading.contentRange ?? { first: 0, last: 9 };
          expect(await body.text()).toBe(TEXT.slice(first, last + 1));
        }
      }),
    );
  });
});

describe("wholeIfAll", () => {
  test("RFC 9110 §15.3.7.3: a part that is everything is a 200", async () => {
    expect(await shown(wholeIfAll(part(0, 9), NO_DEFAULT))).toBe("200 - 0123456789");
  });

  test.each([
    ["a part", part(0, 8)],
    ["less content than it says", part(0, 9, {}, { body: "012345678" })],
    ["an error", stored({ status: 404, body: TEXT })],
  ])("RFC 9111 §3.3: %s stays what it is", (_, one) => {
    expect(wholeIfAll(one, NO_DEFAULT)).toBe(one);
  });
});

test.each<[string, StoredResponse, boolean]>([
  ["what it says", part(0, 4), false],
  ["less", part(0, 4, {}, { body: "012" }), false],
  ["more", part(0, 4, {}, { body: "012345" }), true],
  ["a whole", stored({ body: TEXT }), false],
])("RFC 9110 §14.4: a part that holds %s", (_, one, overfull) => {
  expect(isOverfull(one)).toBe(overfull);
});

describe("missingRange", () => {
  test.each<[string, StoredResponse, string | undefined]>([
    ["a beginning", part(0, 4), "bytes=5-"],
    ["an end", part(5, 9), "bytes=0-4"],
    ["the middle, which lacks two", part(2, 4), undefined],
    ["less content than it says", part(0, 4, {}, { body: "012" }), undefined],
    ["of too large a whole", part(0, 4, { "content-range": "bytes 0-4/1048577" }), undefined],
    ["of the largest that pays", part(0, 4, { "content-range": "bytes 0-4/1048576" }), "bytes=5-"],
  ])("RFC 9111 §3.3: of %s", (_, one, expected) => {
    const missing = missingRange(one, NO_DEFAULT);
    expect(missing === undefined ? undefined : formatRange(missing)).toBe(expected);
  });
});

test.each<[string, StoredResponse, boolean]>([
  ["a small whole", stored({ body: TEXT }), true],
  ["a part of a small whole", part(0, 4), true],
  ["a part of a large whole", part(0, 4, { "content-range": "bytes 0-4/1048577" }), false],
  ["what tells nothing of it", stored({ status: 404 }), false],
])("the whole is worth fetching for a part of it: %s", (_, one, pays) => {
  expect(wholePays(one, NO_DEFAULT)).toBe(pays);
  expect(wholePays(one, { ...NO_DEFAULT, maxEntrySize: TEXT.length - 1 })).toBe(false);
});
