import { describe, expect, test } from "bun:test";
import { looksLikeDocument, readDocument, selectedOperation } from "../../src/caching/graphql.ts";
import { graphqlRequest } from "../../src/caching/graphql-request.ts";

const typeOf = (text: string, name?: string): string | undefined => {
  const document = readDocument(text);
  return document && selectedOperation(document, name)?.type;
};

describe("which operation a document has executed", () => {
  test.each<[string, string | undefined, string | undefined]>([
    ["{ a }", undefined, "query"],
    ["query { a }", undefined, "query"],
    ["query A { a }", "A", "query"],
    ["mutation { a }", undefined, "mutation"],
    ["subscription S { a }", "S", "subscription"],
    ["# query\n\ufeff,mutation M { a }", undefined, "mutation"],
    ["query A { a } mutation B { b }", "A", "query"],
    ["query A { a } mutation B { b }", "B", "mutation"],
    ["query A { a } mutation B { b }", undefined, undefined],
    ["query A { a } query A { b }", "A", undefined],
    ["query A { a }", "B", undefined],
    ["fragment F on T { a } query A { ...F } fragment G on T { b }", undefined, "query"],
    ["fragment F on T { a }", undefined, undefined],
    [
      'query A($a: In = { b: [{ c: "}" }] } @d(e: {f: 1})) @g(h: {}) { a(b: {c: 1}) { d } } mutation B { b }',
      "B",
      "mutation",
    ],
    ['{ a(b: "mutation { x }") }', undefined, "query"],
    ['{ a(b: """ " \\""" } mutation { """) }', undefined, "query"],
    ['{ a(b: "\\"}") }', undefined, "query"],
    ['"described" mutation A { a }', undefined, "mutation"],
    ["query mutation { a }", "mutation", "query"],
    ["query query($mutation: Int) { mutation { subscription } }", undefined, "query"],
    ["{ mutation }", undefined, "query"],
  ])("%s as %p: %p", (text, name, type) => {
    expect(typeOf(text, name)).toBe(type);
  });

  test.each([
    ["type A { a: Int }"],
    ["query A { a } type B { b: Int }"],
    ["{ a"],
    ["{ a }}"],
    ["{ a) }"],
    ["query A"],
    ['{ a(b: "x\n") }'],
    ['{ a(b: """x") }'],
    ["{ a(b: 01) }"],
    ["{ a(b: 1a) }"],
    ["{ a ~ }"],
    ["{ a\u00a0}"],
    ["red phone"],
  ])("%s is none", (text) => {
    expect(readDocument(text)).toBeUndefined();
  });
});

test.each([
  ["query A { a(x: 1, y: -2.5e3) { ...B } }", "#c\rquery A{a(x:1 y:-2.5e3){...B,}}"],
  ["query($a: Int) { a @b }", "query ( $ a : Int ) { a @ b }"],
])("what %s looks like makes no difference", (a, b) => {
  expect(readDocument(a)?.text).toBe(readDocument(b)?.text ?? "unread");
});

test.each([
  ['{ a(b: "x  y") }', '{ a(b: "x y") }'],
  ['{ a(b: "#c") }', '{ a(b: "") }'],
  ["{ a b }", "{ ab }"],
  ["{ a(b: 1 2) }", "{ a(b: 12) }"],
  ["{ a: b }", "{ b: a }"],
  ['{ a(b: """x y""") }', '{ a(b: "x y") }'],
  ["query A { a }", "query B { a }"],
])("%s is not %s", (a, b) => {
  expect(readDocument(a)?.text).not.toBe(readDocument(b)?.text);
});

test.each([
  ["red phone", false],
  ["a {b}", false],
  ["mutation of species", false],
  [" ,{ a", true],
  ["mutation { a", true],
  ["é query {", true],
])("%p may be meant as a document: %p", (text, may) => {
  expect(looksLikeDocument(text)).toBe(may);
});

const query = "{ a }";
test.each<[string, unknown, string]>([
  ["a query", { query }, "operation"],
  ["with what it may leave out", { query, operationName: null, variables: {}, extensions: null }, "operation"],
  ["several in a list", [{ query }, { query }], "unclear"],
  ["one in a list", [{ query }], "unclear"],
  ["a list of something else", [{ a: 1 }, "b"], "none"],
  ["a persisted one", { extensions: { persistedQuery: { sha256Hash: "x" } } }, "unclear"],
  ["a persisted one with its document", { query, extensions: { persistedQuery: {} } }, "unclear"],
  ["one by a name", { documentId: "sha256:x" }, "unclear"],
  ["a broken one", { query: "mutation { a" }, "unclear"],
  ["an operation that is not there", { query, operationName: "A" }, "unclear"],
  ["a name that is none", { query, operationName: 1 }, "unclear"],
  ["what people search for", { query: "red phone" }, "none"],
  ["nothing of that", { q: query }, "none"],
  ["no object", 1, "none"],
])("%s is %p", (_, value, type) => {
  expect(String(graphqlRequest(value).type)).toBe(type);
});

test("what is left out is as if it were said", () => {
  expect(graphqlRequest({ query, operationName: null, variables: {} })).toEqual(graphqlRequest({ query: "{a}" }));
  expect(graphqlRequest({ query, variables: { a: null } })).not.toEqual(graphqlRequest({ query }));
});
