import { Kind, parse } from "graphql";
import { canonicalForm, canonicalParts, partsOf } from "../../../src/caching/canonical-form.ts";
import { canonicalText, exactJson, withoutIgnored } from "../../../src/caching/canonical-json.ts";
import { readDocument } from "../../../src/caching/graphql.ts";
import { graphqlRequest, withPlainDocuments } from "../../../src/caching/graphql-request.ts";
import { contentDigest, type KeyedContent } from "../../../src/caching/keyed-content.ts";
import { bytesOf, type Check, ofChecks, oneOf } from "../checks.ts";
import { drawJson } from "../json-grammar.ts";
import { holds, shown } from "../target.ts";

const GRAPHQL = [
  ...'{}()[]:$@!|&=,#"\\ \n',
  "query",
  "mutation",
  "subscription",
  "fragment",
  "on",
  "a",
  "B",
  "...",
  '"""',
  "{ a }",
  "{ a(b: 1) }",
  "query A { a }",
  "mutation M { m }",
  "fragment F on T { f }",
  "$v: Int = 1",
  "@d(e: {f: 1})",
  "1.5e3",
  "-1",
  "\ufeff",
  "é",
  "type T { a: Int }",
];
const NAMES = ["query", "operationName", "variables", "extensions", "a", "b", "documentId", "operations"];
const VALUES = ["{ a }", "mutation { a }", "query A { a } mutation B { b }", "A", "B", "x"];
const FORM = ["a", "b", "=", "&", "+", "%20", "%61", "query=", "{a}", ";", "%zz", "é", "mutation{a}", "\0"];
const PARTS = [
  "--x",
  "\r\n--x\r\n",
  "\r\n--x--",
  "--x\r\n",
  "\r\n\r\n",
  "\r\n",
  'Content-Disposition: form-data; name="a"',
  "; name=b",
  "Content-Type: text/plain",
  "x",
  "operations",
  "--",
  "{ a }",
];

const kindOf = (text: string): "any" | "json" | "graphql" | "form" =>
  text === "json" || text === "graphql" || text === "form" ? text : "any";

/** Contents that become keys: what is read has one canonical form, and nothing that changes something is read as a query. */
export const contents = ofChecks("contents", 3000, {
  json: {
    draw: (random) => [
      drawJson(random, NAMES, VALUES),
      random.pick(["/a", "/*/b", "a", "/", "", "/a/0", "/~1", "/query"]),
    ],
    play(text = "", pointer = "") {
      const bytes = new TextEncoder().encode(text);
      const read = exactJson(bytes);
      if (read === undefined) return;
      const canonical = canonicalText(read.value);
      // It is nested more deeply than the stack goes.
      if (canonical === undefined) return;
      const again = exactJson(new TextEncoder().encode(canonical));
      holds(again !== undefined, () => `the canonical form is no JSON: ${shown(canonical)} of ${shown(text)}`);
      const twice = canonicalText(again.value);
      holds(twice === canonical, () => `the canonical form of ${shown(canonical)} is ${shown(twice ?? "")}`);
      // RFC 8785 has one zero.
      const plain = (json: string): unknown => JSON.parse(json, (_, value: unknown) => (value === 0 ? 0 : value));
      holds(Bun.deepEquals(plain(canonical), plain(text)), () => `${shown(text)} becomes ${shown(canonical)}`);
      withoutIgnored(read.value, [pointer]);
    },
  },
  graphql: {
    draw: (random) => [oneOf(random, GRAPHQL, 20)],
    play(text = "") {
      const read = readDocument(text);
      const right = parsedDocument(text);
      if (right !== undefined) {
        holds(read !== undefined, () => `a document is not read: ${shown(text)}`);
        const operations = right.map(({ type, name }) => `${type} ${name ?? ""}`);
        const found = read.operations.map(({ type, name }) => `${type} ${name ?? ""}`);
        holds(
          operations.join() === found.join(),
          () => `${shown(text)} is read as ${found.join()} and is ${operations.join()}`,
        );
      }
      if (read === undefined) return;
      const again = readDocument(read.text);
      holds(again?.text === read.text, () => `the form of ${shown(read.text)} is ${shown(again?.text ?? "")}`);
      holds(Bun.deepEquals(again.operations, read.operations), () => `operations of ${shown(read.text)} are others`);
    },
  },
  "graphql-request": {
    draw: (random) => [drawJson(random, NAMES, VALUES)],
    play(text = "") {
      const read = exactJson(new TextEncoder().encode(text));
      if (read === undefined) return;
      graphqlRequest(read.value);
      withPlainDocuments(read.value);
    },
  },
  digest: {
    draw: (random) => [
      random.pick(["any", "json", "graphql", "form"]),
      random.pick([
        "application/json",
        "application/graphql",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/plain",
        "",
        'multipart/mixed; boundary="x"',
        "multipart/form-data; boundary=((((",
      ]),
      random.make([
        () => drawJson(random, NAMES, VALUES),
        () => oneOf(random, GRAPHQL),
        () => oneOf(random, FORM),
        () => oneOf(random, PARTS),
      ]),
    ],
    play(type = "", contentType = "", content = "") {
      const how: KeyedContent = { type: kindOf(type), ignore: ["a", "/b/*"], maxSize: 1_000_000 };
      const headers = new Headers(contentType === "" ? {} : { "content-type": contentType });
      const url = new URL("http://a/");
      const one = contentDigest(bytesOf(content), headers, url, how);
      holds(
        Bun.deepEquals(one, contentDigest(bytesOf(content), headers, url, how)),
        () => "the digest is not the same twice",
      );
      // What a GraphQL server would execute as a change is never asked twice.
      if (one.type === "query")
        holds(!changes(content), () => `a mutation counts as a query: ${shown(content)} of ${contentType}`);
    },
  },
  form: {
    draw: (random) => [oneOf(random, FORM)],
    play(text = "") {
      const canonical = canonicalForm(text, []);
      holds(
        canonicalForm(canonical.replace(/^\?/, ""), []) === canonical,
        () => `the form of ${shown(canonical)} is another one`,
      );
      const pairs = (form: string): readonly string[] => form.split("&").sort();
      holds(
        Bun.deepEquals(pairs(canonical.replace(/^\?/, "")), pairs(text)),
        () => `${shown(text)} becomes ${shown(canonical)}`,
      );
      canonicalForm(text, ["a"]);
    },
  },
  parts: {
    draw: (random) => [
      random.chance(0.5)
        ? oneOf(random, PARTS, 16)
        : `--x\r\n${oneOf(random, PARTS)}\r\n\r\n${oneOf(random, PARTS)}\r\n--x--`,
    ],
    play(text = "") {
      const parts = partsOf(text, "x");
      if (parts === undefined) return;
      // Without any header field there is one line break less.
      const section = (head: string): string => (head === "" ? "\r\n" : `${head}\r\n\r\n`);
      const written = `${parts.map(({ head, content }) => `--x\r\n${section(head)}${content}\r\n`).join("")}--x--`;
      const again = partsOf(written, "x");
      holds(
        again !== undefined && canonicalParts(again, []) === canonicalParts(parts, []),
        () => `${shown(text)} written again is ${shown(written)}`,
      );
      canonicalParts(parts, ["a"]);
    },
  },
} satisfies Record<string, Check>);

type Operation = { readonly type: string; readonly name: string | undefined };

/** The operations as the reference implementation reads them; undefined where it reads no document that can be executed. */
function parsedDocument(text: string): readonly Operation[] | undefined {
  try {
    const { definitions } = parse(text);
    const operations = definitions.flatMap((definition): Operation[] =>
      definition.kind === Kind.OPERATION_DEFINITION
        ? [{ type: definition.operation, name: definition.name?.value }]
        : [],
    );
    const isExecutable = definitions.every(
      ({ kind }) => kind === Kind.OPERATION_DEFINITION || kind === Kind.FRAGMENT_DEFINITION,
    );
    return isExecutable ? operations : undefined;
  } catch {
    // It is no document.
    return undefined;
  }
}

/** Whether a content is a request by which a GraphQL server changes something. */
function changes(content: string): boolean {
  const json = exactJson(bytesOf(content));
  const value = json?.value;
  const query: unknown = typeof value === "object" && value !== null ? Reflect.get(value, "query") : undefined;
  const operations = parsedDocument(typeof query === "string" ? query : content) ?? [];
  return operations.length === 1 && operations[0]?.type === "mutation";
}
