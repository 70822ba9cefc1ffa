import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { contentDigest, type KeyedContent } from "../../src/caching/keyed-content.ts";

const JSON_TYPE = "application/json";
const FORM = "application/x-www-form-urlencoded";
type Type = KeyedContent["type"];

function read(
  content: string | Uint8Array<ArrayBuffer>,
  contentType: string | undefined,
  { type = "any" as Type, ignore = [] as readonly string[], path = "/", fields = {} } = {},
): string {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const headers = new Headers({ ...fields, ...(contentType === undefined ? {} : { "content-type": contentType }) });
  const url = new URL(path, "http://localhost");
  const digest = contentDigest(bytes, headers, url, { type, ignore, maxSize: 1 });
  return digest.type === "query" ? digest.digest : digest.why;
}

const DIGEST = /^[\w-]{43}$/;
const graphql = (query: string, more: object = {}): string => JSON.stringify({ query, ...more });
const multipart = (boundary: string, parts: Readonly<Record<string, string>>): string =>
  [
    ...Object.entries(parts).map(
      ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
    ),
    `--${boundary}--\r\n`,
  ].join("");
const multipartType = (boundary: string): string => `multipart/form-data; boundary=${boundary}`;

describe("contents that mean the same are one query", () => {
  test.each<[string, Type, string, string, string, readonly string[]]>([
    ["JSON in another layout", "any", JSON_TYPE, '{"a":1,"b":2}', ' {"b":2.0, "a":1e0}', []],
    ["JSON of any name", "json", "text/plain", '{"a":1}', '{ "a": 1 }', []],
    ["without what is ignored", "json", JSON_TYPE, '{"a":{"at":1}}', '{"a":{"at":2}}', ["/a/at"]],
    ["in each member", "json", JSON_TYPE, '{"l":[{"id":1}]}', '{"l":[{"id":2}]}', ["/l/*/id"]],
    ["GraphQL", "graphql", JSON_TYPE, graphql("{a}"), graphql("# c\n{ a, }", { operationName: null }), []],
    [
      "GraphQL variables",
      "graphql",
      JSON_TYPE,
      graphql("{a}", { variables: { b: 1, requestId: 1 } }),
      graphql("{a}", { variables: { requestId: 2, b: 1 } }),
      ["/variables/requestId"],
    ],
    ["a document by itself", "graphql", "application/graphql", "{a}", "{ a }\n", []],
    ["a form in another order", "form", FORM, "b=2&a=1", "a=1&b=2", []],
    ["a form without a field", "form", FORM, "a=1&csrf=x", "csrf=y&a=1", ["csrf"]],
  ])("%s", (_, type, contentType, a, b, ignore) => {
    const digest = read(a, contentType, { type, ignore });
    expect(digest).toMatch(DIGEST);
    expect(read(b, contentType, { type, ignore })).toBe(digest);
  });

  test("multipart with another boundary, without a field", () => {
    const of = (boundary: string, nonce: string): string =>
      read(multipart(boundary, { nonce, a: "1" }), multipartType(boundary), { type: "form", ignore: ["nonce"] });
    expect(of("x", "1")).toMatch(DIGEST);
    expect(of("x", "1")).toBe(of("y", "2"));
  });
});

describe("others are others", () => {
  test.each<[string, Type, string, string, string]>([
    ["values", "any", JSON_TYPE, '{"a":1}', '{"a":"1"}'],
    ["lists", "json", JSON_TYPE, "[1,2]", "[2,1]"],
    ["large numbers", "json", JSON_TYPE, '{"a":9007199254740992}', '{"a":9007199254740993}'],
    ["broken JSON", "any", JSON_TYPE, "[1", "[1 "],
    ["GraphQL operations", "graphql", JSON_TYPE, ...operations()],
    ["GraphQL variables", "graphql", JSON_TYPE, ...variables()],
    ["repeated fields", "form", FORM, "a=1&a=2", "a=2&a=1"],
    ["what decodes alike", "form", FORM, "a=%ff", "a=%fe"],
    ["encoded in another way", "form", FORM, "a=%20", "a=+"],
    ["text", "any", "text/plain", "a", "a "],
  ])("%s", (_, type, contentType, a, b) => {
    expect(read(a, contentType, { type })).toMatch(DIGEST);
    expect(read(b, contentType, { type })).toMatch(DIGEST);
    expect(read(a, contentType, { type })).not.toBe(read(b, contentType, { type }));
  });

  function operations(): [string, string] {
    const document = "query A { a } query B { b }";
    return [graphql(document, { operationName: "A" }), graphql(document, { operationName: "B" })];
  }
  function variables(): [string, string] {
    return [graphql("{a}", { variables: { b: 1 } }), graphql("{a}", { variables: { b: 2 } })];
  }

  test("another type, language or charset", () => {
    const digests = [
      read("{}", JSON_TYPE),
      read("{}", "application/merge+json"),
      read("{}", "text/plain"),
      read("{}", undefined),
      read("{}", JSON_TYPE, { fields: { "content-language": "en" } }),
    ];
    expect(new Set(digests).size).toBe(digests.length);
  });

  test("a multipart content that holds what may be taken for a delimiter", () => {
    const two = multipart("b", { a: "x", c: "y" });
    // Its one part's content is what the other one's two are parted by, but for the line break.
    const one = two.replace("x\r\n--b\r\n", "x--b\r\n");
    expect(read(two, multipartType("b"))).not.toBe(read(one, multipartType("b")));
    const prefixed = two.replace("\r\n--b\r\n", "\r\n--bb\r\n");
    expect(read(prefixed, multipartType("b"))).toMatch(DIGEST);
    expect(read(prefixed, multipartType("b"), { type: "form" })).toBe("content-unreadable");
  });

  test("whatever bytes they are", () => {
    const bytes = fc.uint8Array({ maxLength: 6 }).map((each) => new Uint8Array(each));
    const texts = fc.string({ unit: fc.constantFrom(...'{}[]",:01ae &=%\\'), maxLength: 8 });
    const content = fc.oneof(bytes, texts);
    fc.assert(
      fc.property(content, content, fc.constantFrom(JSON_TYPE, FORM, "text/plain", undefined), (a, b, type) => {
        const [first, second] = [read(a, type), read(b, type)];
        if (first !== second || !DIGEST.test(first)) return;
        // What shares a digest means the same: the same JSON, the same fields, or the same bytes.
        const [one, other] = [new TextDecoder().decode(encoded(a)), new TextDecoder().decode(encoded(b))];
        if (type === JSON_TYPE && Buffer.compare(encoded(a), encoded(b)) !== 0)
          expect(JSON.parse(one)).toEqual(JSON.parse(other));
        else if (type === FORM) expect([...one].sort()).toEqual([...other].sort());
        else expect(encoded(a)).toEqual(encoded(b));
      }),
      { numRuns: 2000 },
    );
  });

  function encoded(content: string | Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    return typeof content === "string" ? new TextEncoder().encode(content) : content;
  }
});

describe("what is no query", () => {
  const mutation = graphql("mutation { a }");
  test.each<[string, Type, string | undefined, string]>([
    ["a mutation", "graphql", JSON_TYPE, mutation],
    ["one by content type", "any", JSON_TYPE, mutation],
    ["one as JSON", "json", JSON_TYPE, mutation],
    ["one that says it is a text", "any", "text/plain", mutation],
    ["one that says nothing", "any", undefined, "mutation { a }"],
    // One reads the first of them, and another the last.
    ["one that comes twice", "any", JSON_TYPE, mutation.replace("{", '{"query":"{a}",')],
    ["one in broken JSON", "any", JSON_TYPE, mutation.slice(0, -1)],
    ["a subscription", "graphql", JSON_TYPE, graphql("subscription { a }")],
    ["one of several operations", "graphql", JSON_TYPE, graphql("query A{a} mutation B{b}", { operationName: "B" })],
    ["none of several operations", "graphql", JSON_TYPE, graphql("query A{a} mutation B{b}")],
    ["several requests", "graphql", JSON_TYPE, `[${graphql("{a}")},${graphql("{b}")}]`],
    ["several as JSON", "json", JSON_TYPE, `[${graphql("{a}")}]`],
    ["a document of the server", "json", JSON_TYPE, '{"extensions":{"persistedQuery":{}}}'],
    ["a broken document", "graphql", JSON_TYPE, graphql("query { a")],
    ["a mutation in a form", "form", FORM, "query=mutation+%7Ba%7D"],
    ["any document in a form", "any", FORM, "query=%7Ba%7D"],
    ["with files", "form", multipartType("b"), multipart("b", { operations: "{}", 0: "x" })],
    ["in a part", "form", multipartType("b"), multipart("b", { query: "{a}" })],
    ["a document that is a mutation", "graphql", "application/graphql", "mutation { a }"],
  ])("%s", (_, type, contentType, content) => {
    expect(read(content, contentType, { type })).toBe("graphql-not-query");
  });

  test.each(["query={b}", "operationName=B", "documentId=1", "extensions={}"])("with %s in its URL", (search) => {
    expect(read(graphql("{a}"), JSON_TYPE, { type: "graphql", path: `/?${search}` })).toBe("graphql-not-query");
  });

  test.each<[string, Type, string | undefined, string]>([
    ["no JSON", "json", JSON_TYPE, "{"],
    ["names twice", "json", JSON_TYPE, '{"a":1,"a":1}'],
    ["no GraphQL", "graphql", JSON_TYPE, '{"a":1}'],
    ["no document", "graphql", "application/graphql", "{"],
    ["no form", "form", "text/plain", "a=1"],
    ["no boundary", "form", "multipart/form-data", multipart("b", { a: "1" })],
    ["another boundary", "form", multipartType("c"), multipart("b", { a: "1" })],
    ["no end", "form", multipartType("b"), multipart("b", { a: "1" }).replace("--b--", "--b")],
    ["something before", "form", multipartType("b"), `x\r\n${multipart("b", { a: "1" })}`],
  ])("what is not of the type: %s", (_, type, contentType, content) => {
    expect(read(content, contentType, { type })).toBe("content-unreadable");
  });

  test("what is coded", () => {
    expect(read("{}", JSON_TYPE, { fields: { "content-encoding": "gzip" } })).toBe("content-unreadable");
  });
});
