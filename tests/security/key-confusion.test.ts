import { beforeAll, describe, expect, test } from "bun:test";
import { cleanup } from "../e2e/cleanup.ts";
import { startRuled } from "../e2e/folder.ts";
import { type RunningProxy, startProxy } from "../e2e/proxy.ts";
import { type RawOrigin, rawOrigin } from "../e2e/raw.ts";
import { attack, clean, expectClean } from "./clean.ts";

const shared = cleanup();

/** An origin that answers with the target and the name that it was asked for. */
function telling(fields = "Cache-Control: max-age=60\r\n"): Promise<RawOrigin> {
  return rawOrigin(shared, (connection, head) => {
    const host = /^x-forwarded-host: (.*)$/im.exec(head)?.[1] ?? "";
    const told = `${/^x-tenant: (.*)$/im.exec(head)?.[1] ?? ""}|${host}|${head.split(" ")[1] ?? ""}`;
    const length = `Connection: close\r\nContent-Length: ${told.length}`;
    connection.end(`HTTP/1.1 200 OK\r\n${length}\r\n${fields}\r\n${head.startsWith("HEAD") ? "" : told}`);
  });
}

let stub: RawOrigin;
let proxy: RunningProxy;

beforeAll(async () => {
  stub = await telling();
  proxy = await startProxy(shared, stub.url);
  expect((await clean(proxy.port, "/clean")).body).toBe("|localhost|/clean");
});

/** Each is another resource than the others, or is not answered at all: whatever the origin makes of them, nobody gets another's. */
const PATHS = [
  ["/p/a/b", "/p/a%2Fb", "/p/a%2fb", "/p/a//b", "/p//a/b", "/p/a/b/", "/p/a;/b", "/p/a%3B/b", "/p/A/b"],
  ["/q", "/q?", "/q??", "/q?&", "/q?=", "/q%3F", "/q%3f", "/q%23", "/q%00", "/q%20", "/q+", "/q%0d%0aX:%20evil"],
  ["/d/x", "/d/%2e%2e%2fx", "/d/..%2fx", "/d/..%5cx", "/d/%252e%252e/x", "/d/..;/x", "/d/.../x", "/d/%2e./y/x"],
  ["/k?x=%31", "/k?x=1", "/k?X=1", "/k?x=1%20", "/k?x=1+", "/k?x=1#2", "/k?%78=1", "/k?x%3D1", "/k?x=1;", "/k?x"],
];

/** The second asks for the same parameters in another order, and the order may make a difference. */
const ORDERS = [
  ["?a=1&a=2", "?a=2&a=1"],
  ["?q=good&%71=evil", "?%71=evil&q=good"],
  ["?q=good&Q=evil", "?Q=evil&q=good"],
  ["?q=good&a=1;q=evil", "?a=1;q=evil&q=good"],
  ["?q=good;q=evil", "?q=evil;q=good"],
  ["?a.b=good&a_b=evil", "?a_b=evil&a.b=good"],
  ["?a+b=good&a_b=evil", "?a_b=evil&a+b=good"],
  ["?a[]=good&a[0]=evil", "?a[0]=evil&a[]=good"],
  ["?a=good&a[b]=evil", "?a[b]=evil&a=good"],
  ["?a%5Bb%5D=good&a=evil", "?a=evil&a%5Bb%5D=good"],
  ["?a[b=good&a_b=evil", "?a_b=evil&a[b=good"],
  ["?+q=good&q=evil", "?q=evil&+q=good"],
  ["?q%00x=good&q=evil", "?q=evil&q%00x=good"],
];

describe("the target", () => {
  test.each(PATHS)("%s and what looks like it: nobody gets another's answer", async (...paths) => {
    for (const path of [...paths, ...paths]) {
      const asked = stub.heads.length;
      const { status, word, body } = await clean(proxy.port, path);
      expect([path, status]).toEqual([path, 200]);
      // Who is answered from the cache gets what the origin would be asked for now.
      const sent = stub.heads.slice(asked).map((head) => head.split(" ")[1]);
      const alone = await askedAnew(path);
      expect([path, word, body]).toEqual([path, word, alone]);
      if (word === "MISS") expect(body).toBe(`|localhost|${sent.at(-1)}`);
    }
    await expectClean(proxy.port, "/clean", "|localhost|/clean");
  });

  test.each(ORDERS)("%s and %s are two", async (one, other) => {
    for (const query of [one, other]) expect((await clean(proxy.port, `/o${query}`)).word).toBe("MISS");
    await expectClean(proxy.port, `/o${one}`, `|localhost|/o${one}`);
    await expectClean(proxy.port, `/o${other}`, `|localhost|/o${other}`);
  });

  test("what differs by the order of names alone is one", async () => {
    expect((await clean(proxy.port, "/same?b=2&a=1&c[x]=3")).word).toBe("MISS");
    await expectClean(proxy.port, "/same?c[x]=3&a=1&b=2", "|localhost|/same?b=2&a=1&c[x]=3");
  });

  test.each([
    "/raw-\xff",
    "/raw-\xc3(",
    "/raw-\xed\xa0\x80",
    "/raw?x=\xff",
    "/raw-\0",
    "/raw\tb",
    "/raw\x7fb",
    "/raw b",
    "raw",
    "/raw\rb",
  ])("%j is refused, or passed without being stored, or what it means is clear", async (target) => {
    for (let i = 0; i < 2; i++) {
      const { word, body, status } = await clean(proxy.port, target);
      if (status === 200 && word !== "BYPASS") expect(body).toBe(`|localhost|${new URL(`http://x${target}`).pathname}`);
    }
    await expectClean(proxy.port, "/clean", "|localhost|/clean");
    await expectClean(proxy.port, "/rawb", "|localhost|/rawb");
  });

  test.each(["get", "Get", "GETx", "G E T"])("the method %s is not GET", async (method) => {
    const asked = stub.heads.length;
    const { word } = await attack(proxy.port, `${method} /method`);
    expect(word).not.toBe("HIT");
    for (const head of stub.heads.slice(asked)) expect(head).not.toStartWith("GET ");
    await expectClean(proxy.port, "/method", "|localhost|/method");
  });
});

/** What the origin says of it now. */
async function askedAnew(path: string): Promise<string> {
  return (await attack(proxy.port, `GET ${path}`, ["Cache-Control: no-store, no-cache"])).body;
}

describe("Host", () => {
  test.each([
    ["LOCALHOST", "localhost"],
    ["localhost:80", "localhost"],
    ["localhost:080", "localhost"],
    ["localhost.", "localhost."],
    ["localhost:81", "localhost:81"],
    ["localhost.evil.example", "localhost.evil.example"],
    ["%6cocalhost", "localhost"],
    ["127.1", "127.0.0.1"],
    ["x--localhost", "x--localhost"],
  ])("%s is answered as %s", async (host, name) => {
    const path = `/host?${crypto.randomUUID()}`;
    const { status, body } = await clean(proxy.port, path, host);
    if (status !== 400) expect(body).toBe(`|${name}|${path}`);
    await expectClean(proxy.port, path, `|localhost|${path}`);
  });

  test.each(["localhost\xff", "a.example, localhost", "localhost/clean", "localhost#", "rules-x@localhost", "a\tb"])(
    "%j is none",
    async (host) => {
      expect((await clean(proxy.port, "/clean", host)).status).toBe(400);
      await expectClean(proxy.port, "/clean", "|localhost|/clean");
    },
  );

  test("a name cannot be made to look like another name and path", async () => {
    // With a separator between host and path these would run into each other.
    const pairs = [
      ["a.example", "/b/c"],
      ["a.example", "//b/c"],
      ["a.example:81", "/b/c"],
      ["b", "/c"],
    ] as const;
    for (const [host, path] of [...pairs, ...pairs])
      expect((await clean(proxy.port, path, host)).body).toContain(`|${host}|/`);
    await expectClean(proxy.port, "/clean", "|localhost|/clean");
  });
});

describe("what Vary names", () => {
  test("values that look alike stay apart, and cannot run into the next field", async () => {
    const varying = await telling("Cache-Control: max-age=60\r\nVary: X-Tenant, X-Other\r\n");
    const before = await startProxy(shared, varying.url);
    const values = [
      ["X-Tenant: a"],
      ["X-Tenant: A"],
      ["X-Tenant: a, b"],
      ["X-Tenant: a", "X-Other: b"],
      ["X-Tenant: a\tx-other:b"],
      ["X-Tenant: a|b"],
      ['X-Tenant: "a, b"'],
      ['X-Tenant: "a,b"'],
      ["X-Tenant: \xff"],
      ["X-Tenant: \xfe"],
      ["X-Tenant: \xc3\xbf"],
      ["X-Other: a"],
      ["X-Tenant:"],
      ["X-Tenant: null"],
      [],
    ];
    for (const fields of values)
      expect([fields, (await attack(before.port, "GET /v", fields)).word]).toEqual([fields, "MISS"]);
    for (const fields of values) {
      const { word, body } = await attack(before.port, "GET /v", fields);
      const own = /^X-Tenant: ?(.*)$/.exec(fields[0] ?? "")?.[1] ?? "";
      expect([word, body]).toEqual(["HIT", `${own}|localhost|/v`]);
    }
    await expectClean(before.port, "/v", "|localhost|/v");
  });
});

describe("parameters that make no difference are reflected", () => {
  const HIDDEN = [
    "utm_source=evil",
    "utm_source=1;q=evil",
    "utm_source=1%26q=evil",
    "utm_source=%0d%0aX-Evil:%201",
    "%75tm_source=evil",
    "utm_source[]=evil",
    "utm_source",
  ];

  let before: RunningProxy;
  beforeAll(async () => {
    before = await startProxy(shared, stub.url, "--ignore-query utm_*");
  });

  test.each(HIDDEN)("--ignore-query: the origin is not told %s", async (parameter) => {
    for (const query of [parameter, `q=1&${parameter}`, `${parameter}&q=1`]) {
      const { body } = await clean(before.port, `/i?${query}`);
      expect(body).not.toContain("evil");
    }
    await expectClean(before.port, "/i", "|localhost|/i");
    await expectClean(before.port, "/i?q=1", "|localhost|/i?q=1");
  });

  test("key.ignore of a rule: nor there, and where the rule is about other paths nothing is dropped", async () => {
    const before = await startRuled(shared, stub.url, [{ match: "/i/*", key: { ignore: ["utm_*"] } }]);
    for (const parameter of HIDDEN) {
      expect((await clean(before.port, `/i/x?q=1&${parameter}`)).body).toBe("|localhost|/i/x?q=1");
    }
    await clean(before.port, "/j/../i%2fx?utm_source=evil");
    await expectClean(before.port, "/i/x?q=1", "|localhost|/i/x?q=1");
    await expectClean(before.port, "/i/x", "|localhost|/i/x");
  });

  test("No-Vary-Search is the origin's word: what it names it says makes no difference, and nothing else is merged", async () => {
    const varying = await telling('Cache-Control: max-age=60\r\nNo-Vary-Search: params=("utm_source")\r\n');
    const before = await startProxy(shared, varying.url);
    for (const query of [
      "q=1&utm_sourcE=evil",
      "q=1&utm_source[]=evil",
      "q=1;utm_source=evil",
      "q=1%26utm_source=evil",
    ]) {
      await clean(before.port, `/n?${query}`);
    }
    expect((await clean(before.port, "/n?q=1")).word).toBe("MISS");
    await expectClean(before.port, "/n?q=1", "|localhost|/n?q=1");
  });
});

test("what is asked as HEAD, QUERY or by a range is not what a GET gets", async () => {
  const path = `/m?${crypto.randomUUID()}`;
  await attack(proxy.port, `HEAD ${path}`);
  await attack(proxy.port, `QUERY ${path}`, ["Content-Type: a/b", "Content-Length: 4"], "evil");
  await attack(proxy.port, `GET ${path}`, ["Range: bytes=0-3"]);
  await attack(proxy.port, `GET ${path}#QUERY-evil`);
  await expectClean(proxy.port, path, `|localhost|${path}`);
});
