import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Moment } from "../../src/caching/moment.ts";
import type { Policy } from "../../src/caching/policy.ts";
import { softened } from "../../src/caching/purge.ts";
import type { StoredResponse } from "../../src/caching/stored.ts";
import type { BodySeal } from "../../src/store/head-shape.ts";
import { areWhole, FORMAT, readHead, sealOf, writeHead } from "../../src/store/portable.ts";
import { stored as build, moment, NO_DEFAULT, POLICY, SECOND, type StoredParts, T0 } from "../caching/build.ts";
import { keyOf, stored } from "./stored.ts";

const SEAL: BodySeal = { size: 0, hash: "0" };
const MIB = 1024 * 1024;

/** What becomes of a response that another process reads so many ms after it arrived. */
function carried(response: StoredResponse, policy: Policy = POLICY, now: Moment = moment(T0)): StoredResponse {
  const found = readHead(writeHead(response, SEAL), response.key, now, policy);
  if (found === undefined) throw new Error("it is not read again");
  return found.stored;
}

/** All that both clocks say nothing of, with its fields as they lie there. */
function timeless({ headers, body: _body, sentAt: _sentAt, reading, ...rest }: StoredResponse): unknown {
  const { arrivedAt: _arrivedAt, ...read } = reading;
  return { ...rest, headers: [...headers], reading: read };
}

const text = fc.string({
  unit: fc.integer({ min: 0x21, max: 0xff }).map((code) => String.fromCharCode(code)),
  minLength: 1,
});
const fields = fc.record(
  {
    date: fc.constantFrom("Mon, 15 Jun 2026 11:59:58 GMT", "never"),
    expires: fc.constantFrom("Mon, 15 Jun 2026 13:00:00 GMT", "0"),
    "last-modified": fc.constantFrom("Sun, 14 Jun 2026 12:00:00 GMT", "Mon, 15 Jun 2026 11:59:57 GMT"),
    etag: fc.constantFrom('"strong"', 'W/"weak"', '"\u00e4"'),
    age: fc.nat({ max: 100 }).map(String),
    pragma: fc.constant("no-cache"),
    "content-range": fc.constantFrom("bytes 2-4/9", "bytes 0-8/9", "bytes */9"),
    "content-language": fc.constantFrom("fr", "DE, en"),
    "content-type": fc.constantFrom("text/event-stream", "text/html"),
    "set-cookie": text,
    "cache-groups": fc.constantFrom('"a", "b"', '"\\""'),
    vary: fc.constantFrom("accept", "Accept-Language, X-A"),
    "cdn-cache-control": fc.constant("max-age=7, no-cache"),
    "cache-control": fc.constantFrom(
      "max-age=60, s-maxage=1, stale-while-revalidate=5, stale-if-error=6",
      'private="set-cookie, x-id", no-cache=x-a, must-revalidate, proxy-revalidate',
      "private, no-cache, no-store, public, must-understand, immutable",
      "max-age=x",
    ),
    "x-any": text,
  },
  { requiredKeys: [] },
);
const made = fc.record<StoredParts>(
  {
    fields,
    status: fc.constantFrom(200, 206, 301, 404),
    method: fc.constantFrom("GET" as const, "HEAD" as const, "QUERY" as const),
    personal: fc.boolean(),
    asked: fc.integer({ min: -5, max: 0 }),
    request: fc.record({ accept: text, "accept-language": fc.constant("de;q=0.5, en") }, { requiredKeys: [] }),
  },
  { requiredKeys: [] },
);

test("what is written is read again as it was, with every member, those that say nothing included", () => {
  fc.assert(
    fc.property(made, fc.integer({ min: -5, max: 100 }), (parts, seconds) => {
      const response = build(parts);
      const later = moment(T0 + seconds * SECOND);
      const found = carried(response, POLICY, later);
      expect(timeless(found)).toStrictEqual(timeless(response));
      expect(Object.keys(found).sort()).toEqual(Object.keys(response).sort());
      expect(Object.keys(found.reading).sort()).toEqual(Object.keys(response.reading).sort());
      expect(found.headers.getSetCookie()).toEqual(response.headers.getSetCookie());
      expect(found.sentAt).toBe(later.steady);
    }),
  );
});

test("groups, selecting fields and names of any characters come back", () => {
  const response = stored({
    path: "/\u6587?a=%00",
    selecting: [
      ["accept", null],
      ["accept-language", ""],
      ["x-lone", "\ud800"],
      ["x-quote", '"\\\n\u2028'],
    ],
    headers: [
      ["cache-groups", '"a b", "\\""'],
      ["set-cookie", "a=1, b"],
      ["set-cookie", "c"],
      ["x-empty", ""],
    ],
  });
  expect(response.groups).toHaveLength(2);
  expect(timeless(carried(response))).toStrictEqual(timeless(response));
});

describe("time in the cache", () => {
  test("goes on by the wall clock of who reads", () => {
    const response = build({ came: 10 });
    const later = { wall: T0 + 70 * SECOND, steady: 5 };
    expect(carried(response, POLICY, later).reading.arrivedAt).toBe(5 - 60 * SECOND);
  });

  test("is none where that clock is behind", () => {
    expect(carried(build({ came: 10 }), POLICY, { wall: T0, steady: 5 }).reading.arrivedAt).toBe(5);
  });
});

describe("a lifetime", () => {
  const lastModified = { "last-modified": "Mon, 15 Jun 2026 11:00:00 GMT" };
  test.each([
    ["that is a default is guessed anew", {}, POLICY, { ...POLICY, defaultTtl: 5 }, { ms: 5, source: "default" }],
    ["that is a default is none without one", {}, POLICY, NO_DEFAULT, { ms: 0, source: "none" }],
    ["that was none is guessed where there is a default", {}, NO_DEFAULT, POLICY, { ms: 120_000, source: "default" }],
    ["that is stated stays", { "cache-control": "max-age=9" }, POLICY, NO_DEFAULT, { ms: 9000, source: "max-age" }],
    ["that is a tenth stays", lastModified, POLICY, NO_DEFAULT, { ms: 360_000, source: "heuristic" }],
  ] as const)("%s", (_, fields, before, now, lifetime) => {
    expect(carried(build({ fields, policy: before }), now).reading.lifetime).toEqual(lifetime);
  });

  test.each([{ "cache-control": "max-age=60" }, {}])("that a soft purge ended stays ended: %j", (fields) => {
    const purged = softened(build({ fields }), moment(T0 + 3 * SECOND));
    expect(carried(purged).reading.lifetime).toEqual({ ms: 3000, source: "purged" });
  });
});

describe("nothing is read", () => {
  const response = stored({ path: "/a", headers: [["x-latin", "caf\xe9"]], selecting: [["accept", "\u6587"]] });
  const whole = writeHead(response, SEAL);
  const now = moment(T0);

  test("of a head that ends too early, at whatever byte", () => {
    const bytes = new TextEncoder().encode(whole);
    expect(readHead(new TextDecoder().decode(bytes), response.key, now, POLICY)).toBeDefined();
    for (let end = 0; end < bytes.length; end++) {
      expect(readHead(new TextDecoder().decode(bytes.subarray(0, end)), response.key, now, POLICY)).toBeUndefined();
    }
  });

  test("of a head in which a byte is another, is missing or is too many", () => {
    for (let at = 0; at < whole.length; at++) {
      const [before, here, after] = [whole.slice(0, at), whole.charAt(at), whole.slice(at + 1)];
      for (const other of [here === "0" ? "1" : "0", "", `${here} `]) {
        expect(readHead(before + other + after, response.key, now, POLICY)).toBeUndefined();
      }
    }
  });

  test.each(["", " ", "1", "1  ", "undefined undefined undefined", '{"stored":{}}', "\0\0\0"])("of %j", (text) => {
    expect(readHead(text, response.key, now, POLICY)).toBeUndefined();
  });

  test("of another key", () => {
    expect(readHead(whole, keyOf("/b"), now, POLICY)).toBeUndefined();
  });

  test("of another format", () => {
    const [, ...rest] = whole.split(" ");
    expect(readHead([FORMAT + 1, ...rest].join(" "), response.key, now, POLICY)).toBeUndefined();
    expect(readHead([`0${FORMAT}`, ...rest].join(" "), response.key, now, POLICY)).toBeUndefined();
  });
});

/** Paths of all members, however deep, with what kind of value each has. */
function members(value: unknown, path = ""): string[] {
  if (Array.isArray(value) || typeof value !== "object" || value === null) {
    return [`${path}: ${Array.isArray(value) ? "array" : typeof value}`];
  }
  return Object.entries(value).flatMap(([name, inner]) => members(inner, `${path}.${name}`));
}

test("FORMAT counts up where what is written changes: then write the new number and members here", () => {
  const response = build({ status: 206, fields: { "content-range": "bytes 0-1/9", etag: '"a"', expires: "0" } });
  const text = writeHead(response, SEAL);
  const head: unknown = JSON.parse(text.slice(text.indexOf("{")));
  const written = members(head).sort();
  // What says nothing is not written, but is a member all the same.
  const { reading } = response;
  const all = [response, reading, reading.directives, reading.lifetime].map((of) => Object.keys(of).sort().join(" "));
  expect({ FORMAT, written, all }).toMatchInlineSnapshot(`
    {
      "FORMAT": 1,
      "all": [
        "body groups headers key method publicOrigin reading selecting sentAt",
        "arrivedAt contentRange date directives etag expires fleeting initialAge language lastModified lastModifiedIsStrong lifetime personal requestTime responseTime status strongValidator",
        "immutable maxAge mustRevalidate mustUnderstand noCache noStore private proxyRevalidate public sMaxage staleIfError staleWhileRevalidate",
        "ms source",
      ],
      "written": [
        ".body.hash: string",
        ".body.size: number",
        ".headers: array",
        ".reading.contentRange.complete: number",
        ".reading.contentRange.first: number",
        ".reading.contentRange.last: number",
        ".reading.date: number",
        ".reading.directives.immutable: boolean",
        ".reading.directives.mustRevalidate: boolean",
        ".reading.directives.mustUnderstand: boolean",
        ".reading.directives.noCache: boolean",
        ".reading.directives.noStore: boolean",
        ".reading.directives.private: boolean",
        ".reading.directives.proxyRevalidate: boolean",
        ".reading.directives.public: boolean",
        ".reading.etag: string",
        ".reading.expires: string",
        ".reading.fleeting: boolean",
        ".reading.initialAge: number",
        ".reading.lastModifiedIsStrong: boolean",
        ".reading.lifetime.ms: number",
        ".reading.lifetime.source: string",
        ".reading.personal: boolean",
        ".reading.requestTime: number",
        ".reading.responseTime: number",
        ".reading.status: number",
        ".reading.strongValidator: string",
        ".stored.groups: array",
        ".stored.key: string",
        ".stored.method: string",
        ".stored.publicOrigin: string",
        ".stored.selecting: array",
      ],
    }
  `);
});

describe("the seal of a body", () => {
  test("is by its content alone", async () => {
    const seal = await sealOf(new Blob(["a", new Uint8Array([98])], { type: "text/html" }));
    expect(seal).toEqual(await sealOf(new Blob(["ab"])));
    expect(seal.size).toBe(2);
    expect(await sealOf(new Blob([]))).toEqual({ size: 0, hash: "0" });
  });

  test.each([0, 1, MIB - 1, MIB, 2 * MIB - 1, 2 * MIB, 2 * MIB + 6])("tells that byte %i is another", async (at) => {
    const bytes = new Uint8Array(2 * MIB + 7).map((_, i) => i % 251);
    const seal = await sealOf(new Blob([bytes]));
    expect(await sealOf(new Blob([bytes.subarray(0, MIB), bytes.subarray(MIB)]))).toEqual(seal);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    const other = await sealOf(new Blob([bytes]));
    expect(other.size).toBe(seal.size);
    expect(other.hash).not.toBe(seal.hash);
    expect([areWhole(bytes, other), areWhole(bytes, seal)]).toEqual([true, false]);
  });

  test("of bytes in one piece is that of a body with them, however many pieces that is read in", async () => {
    for (const length of [0, 1, MIB - 1, MIB, MIB + 1, 2 * MIB]) {
      const bytes = new Uint8Array(length).map((_, i) => i % 251);
      const seal = await sealOf(new Blob([bytes]));
      expect([areWhole(bytes, seal), areWhole(bytes, { ...seal, size: length + 1 })]).toEqual([true, false]);
    }
  });

  test("tells pieces that changed places, and what is shorter", async () => {
    const [a, b] = [new Uint8Array(MIB).fill(1), new Uint8Array(MIB).fill(2)];
    const hashes = await Promise.all(
      [[a, b], [b, a], [a], [a, a]].map(async (parts) => (await sealOf(new Blob(parts))).hash),
    );
    expect(new Set(hashes).size).toBe(4);
  });
});
