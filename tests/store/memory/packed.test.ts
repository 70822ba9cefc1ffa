import { expect, test } from "bun:test";
import fc from "fast-check";
import { type Reading, read, type StoredResponse } from "../../../src/caching/stored.ts";
import { Packed } from "../../../src/store/memory/packed.ts";
import { textOf } from "../../../src/store/memory/packed-text.ts";
import { keyOf, stored } from "../stored.ts";

// A `Headers` joins a value with an empty one to what ends in white space, which it takes away from any that is given to it.
const value = fc.string({
  unit: fc.integer({ min: 0x21, max: 0xff }).map((code) => String.fromCharCode(code)),
  minLength: 1,
});
const name = fc.stringMatching(/^[a-z]{1,8}(-[a-z]{1,4})?$/);
const field = fc.oneof(
  fc.tuple(fc.constantFrom("etag", "x-id", "set-cookie", "cache-control", "content-type"), value),
  fc.tuple(
    fc.constantFrom("date", "expires", "last-modified"),
    fc.constantFrom("Tue, 14 Nov 2023 22:13:20 GMT", "Wed, 21 Oct 2015 07:28:00 GMT", "0"),
  ),
  fc.constantFrom<[string, string]>(
    ["etag", '"strong"'],
    ["etag", 'W/"weak"'],
    ["content-language", "fr"],
    ["content-range", "bytes 2-4/9"],
    ["cache-control", "max-age=60, stale-while-revalidate=5"],
    ["cache-control", 'private="set-cookie, x-id", no-cache=x-a, must-revalidate'],
  ),
);
const response = fc
  .record({
    path: fc.webPath().map((path) => `/x${path}`),
    status: fc.constantFrom(200, 206, 404),
    method: fc.constantFrom("GET" as const, "HEAD" as const, "QUERY" as const),
    fields: fc.array(field, { maxLength: 12 }),
    selecting: fc.array(fc.tuple(name, fc.option(value))),
    body: fc.oneof(fc.uint8Array({ maxLength: 600 }), fc.uint8Array({ minLength: 4000, maxLength: 4200 })),
    publicOrigin: fc.constantFrom("http://localhost:3000", "https://b\u00fccher.example", "http://\u6587.example"),
    times: fc.tuple(fc.double({ noNaN: true }), fc.double({ noNaN: true }), fc.integer()),
    personal: fc.boolean(),
  })
  .map(({ path, status, method, fields, selecting, body, publicOrigin, times, personal }): StoredResponse => {
    const headers = new Headers();
    for (const [name, text] of fields) headers.append(name, text);
    const [requestTime, responseTime, sentAt] = times;
    const policy = { defaultTtl: 5000, maxEntrySize: 1 };
    const reading = read(
      { status, headers, requestTime, responseTime, sentAt, arrivedAt: sentAt + 1 },
      personal,
      policy,
    );
    return {
      ...{ key: keyOf(path), method, headers, body: new Blob([body]), publicOrigin, selecting, reading },
      ...{ groups: [], sentAt },
    };
  });

function unpacked(before: StoredResponse) {
  const packed = new Packed();
  packed.add(1, before, textOf(before), 0);
  return packed.unpack(1, before.key);
}

test("what was packed comes out as it went in, in whatever order it comes and goes", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(response, { minLength: 1, maxLength: 8 }), fc.nat(), async (responses, which) => {
      const packed = new Packed();
      for (const [i, each] of responses.entries()) packed.add(i, each, textOf(each), 0);
      const gone = which % responses.length;
      packed.remove(gone);
      expect(packed.has(gone)).toBe(false);
      const again = responses[gone];
      if (again !== undefined) packed.add(gone, again, textOf(again), 0);
      for (const [i, before] of responses.entries()) {
        const after = packed.unpack(i, before.key);
        expect(packed.keyOf(i)).toBe(before.key);
        const { headers, body, groups: _groups, ...rest } = before;
        const { headers: unpackedHeaders, body: unpackedBody, ...unpackedRest } = after;
        expect(unpackedRest).toStrictEqual(rest);
        expect([...unpackedHeaders]).toEqual([...headers]);
        expect(await unpackedBody.bytes()).toEqual(await body.bytes());
      }
    }),
    { numRuns: 150 },
  );
});

test("what was read of fields that are not stored is kept as it was read", () => {
  const before = stored({ headers: [["etag", '"of the store"']] });
  const reading: Reading = { ...before.reading, etag: '"as received"', strongValidator: '"as received"' };
  expect(unpacked({ ...before, reading }).reading).toStrictEqual(reading);
});

test("a large body is shared, a small one is not", () => {
  const [large, small] = [stored({ body: new Uint8Array(100_000) }), stored({ body: "small" })];
  expect(unpacked(large).body).toBe(large.body);
  expect(unpacked(small).body).not.toBe(small.body);
});

test("a header section of any length", () => {
  const before = stored({ headers: [["x-long", "y".repeat(100_000)]] });
  expect(unpacked(before).headers.get("x-long")).toHaveLength(100_000);
  const packed = new Packed();
  const far = stored({ path: `/${"z".repeat(5000)}` });
  packed.add(1, far, textOf(far), 7);
  expect(packed.keyOf(1)).toBe(far.key);
  expect(packed.foundBefore(1)).toBe(7);
});
