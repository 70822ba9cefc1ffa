import { describe, expect, test } from "bun:test";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { entriesIn, HarFault } from "../../src/har/archive.ts";
import { readContent } from "../../src/har/read-content.ts";
import { readEntry } from "../../src/har/read-entry.ts";

type Parts = Readonly<Record<string, unknown>>;

function entry(response: Parts = {}, request: Parts = {}, rest: Parts = {}): unknown {
  return {
    request: { method: "GET", url: "http://a.test/b", headers: [], ...request },
    response: { status: 200, headers: [], content: { size: 0, text: "" }, ...response },
    ...rest,
  };
}

function header(name: unknown, value: unknown): { readonly headers: readonly unknown[] } {
  return { headers: [{ name, value }] };
}

function exchange(of: unknown) {
  const read = readEntry(of, 1);
  if (read.type === "unreadable") throw new Error(read.why);
  return read.exchange;
}

describe("what is no archive", () => {
  test.each([
    ["", "it is no JSON: "],
    ['{"log": {"entries": [', "it is no JSON: "],
    ["[]", "it has no log.entries"],
    ["null", "it has no log.entries"],
    ['{"log": {"entries": {}}}', "it has no log.entries"],
  ])("%j", (text, why) => {
    expect(() => entriesIn(text)).toThrow(HarFault);
    expect(() => entriesIn(text)).toThrow(why);
  });
});

describe("what is no entry says why", () => {
  test.each<[unknown, string]>([
    [null, 'malformed: "" is no request method'],
    [[], 'malformed: "" is no request method'],
    [entry({}, { method: "G T" }), 'malformed: "G T" is no request method'],
    [entry({}, { url: "/b" }), 'malformed: "/b" is no URL'],
    [entry({}, { url: "file:///etc/passwd" }), "not-http: file:///etc/passwd is not fetched by HTTP"],
    [entry({ status: "ok" }), "no-response: it got no response"],
    [entry({ status: 600 }), "no-response: 600 is no status of a response"],
    [entry(header("a b", "c")), 'malformed: in its response "a b" is no name of a header field'],
    [entry({}, header("a", "\0")), "malformed: in its request the header field a holds a character that none can hold"],
    [entry({ content: { encoding: "base64", text: "?" } }), "no-content: its content is said to be base64 and is not"],
    [entry({ content: { encoding: "rot13", text: "n" } }), 'no-content: its content is in the encoding "rot13"'],
    [entry({ content: { size: 7 } }), "no-content: its content of 7 bytes is not in the archive"],
    [
      entry({ ...header("content-length", "7"), content: {} }),
      "no-content: its content of 7 bytes is not in the archive",
    ],
  ])("%j", (value, why) => {
    const read = readEntry(value, 3);
    if (read.type === "exchange") throw new Error("that is none");
    expect([read.number, `${read.reason}: ${read.why}`]).toEqual([3, why]);
  });
});

describe("what can be done without", () => {
  test("all but method, URL and status", () => {
    const bare = { request: { method: "GET", url: "http://a.test/b#c" }, response: { status: "204" } };
    expect(exchange(bare)).toMatchObject({
      times: undefined,
      request: { url: new URL("http://a.test/b"), content: new Uint8Array(0) },
      response: { status: 204, content: new Uint8Array(0) },
    });
  });

  test.each<[Parts, string]>([
    [{ content: { size: -1 } }, "a size of -1"],
    [{ content: { size: null, text: null } }, "null"],
    [{ content: undefined }, "no content"],
    [{ status: 301, headers: [{ name: "Location", value: "/c" }], content: { size: 154 } }, "that of a redirect"],
  ])("%j: %s", (response) => {
    expect(exchange(entry(response)).response.content).toHaveLength(0);
  });
});

describe("content", () => {
  const packed = gzipSync("hello");

  test("packed as its field says stays so", () => {
    const content = { size: 5, encoding: "base64", text: packed.toString("base64") };
    const { response } = exchange(entry({ ...header("content-encoding", "gzip"), content }));
    expect(Buffer.from(response.content)).toEqual(packed);
    expect(response.fields.get("content-encoding")).toBe("gzip");
  });

  test.each(["gzip", "br", "deflate", "zstd", "rot13"])("unpacked of %s, in base64, loses the field", (coding) => {
    const content = { size: 2, encoding: "base64", text: Buffer.from([0xff, 0xfe]).toString("base64") };
    const headers = [...header("Content-Encoding", coding).headers, { name: "ETag", value: '"x"' }];
    const { response } = exchange(entry({ headers, content }));
    expect([...response.content]).toEqual([0xff, 0xfe]);
    expect([...response.fields]).toEqual([["etag", 'W/"x"']]);
  });

  test("bytes of a field that somebody made characters of are bytes again", () => {
    expect(exchange(entry(header("x", "€"))).response.fields.get("x")).toBe("\xe2\x82\xac");
  });
});

test("whatever somebody takes for an archive: it is read, or is a HarFault", () => {
  const names = fc.constantFrom("log", "entries", "request", "response", "method", "url", "headers", "name", "value");
  const more = fc.constantFrom("status", "content", "text", "encoding", "size", "startedDateTime", "time", "postData");
  const values = fc.oneof(
    fc.constantFrom<unknown>("GET", "http://a.test/", 200, "base64", "gzip", "content-encoding", -1, "", null),
    fc.jsonValue(),
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { depthSize: "small" },
      values,
      fc.array(tie("tree"), { maxLength: 3 }),
      fc.dictionary(fc.oneof(names, more), tie("tree"), { maxKeys: 6 }),
    ),
  }));
  fc.assert(
    fc.property(tree, tree, tree, (any, request, response) => {
      const entries = [any, { request, response }, entry(Object(response), Object(request))];
      const text = JSON.stringify({ log: { entries } });
      entriesIn(text).forEach((one, i) => void readEntry(one, i));
      const other = JSON.stringify(any);
      try {
        entriesIn(other.slice(1));
      } catch (error) {
        expect(error).toBeInstanceOf(HarFault);
      }
    }),
    { numRuns: 300 },
  );
});

test("a long row of white space that is no base64 takes no longer than any text", () => {
  const text = `${" ".repeat(300_000)}?`;
  expect(readContent({ content: { encoding: "base64", text } }, "GET", 200, new Headers())).toEqual({
    type: "missing",
    why: "its content is said to be base64 and is not",
  });
});
