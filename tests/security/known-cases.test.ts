import { beforeAll, describe, expect, test } from "bun:test";
import { cleanup } from "../e2e/cleanup.ts";
import { startRuled } from "../e2e/folder.ts";
import { type RunningProxy, startProxy } from "../e2e/proxy.ts";
import { type RawOrigin, rawOrigin } from "../e2e/raw.ts";
import { attack, clean, expectClean } from "./clean.ts";

const shared = cleanup();

// Each says where it is told of.

describe("VSV00018 of Varnish (vinyl-cache.org/security/VSV00018.html): absolute form of a root URL reached the backend as it was", () => {
  let stub: RawOrigin;
  let proxy: RunningProxy;

  beforeAll(async () => {
    stub = await rawOrigin(shared, (connection, head) => {
      const [line = "", ...fields] = head.split("\r\n");
      const body = `${line}|${fields.find((field) => /^host:/i.test(field))?.slice(6)}`;
      const length = `Connection: close\r\nCache-Control: max-age=60\r\nContent-Length: ${body.length}`;
      connection.end(`HTTP/1.1 200 OK\r\n${length}\r\n\r\n${body}`);
    });
    proxy = await startProxy(shared, stub.url);
  });

  test.each([
    "http://evil.example/",
    "https://evil.example/",
    "http://evil.example",
    "HTTP://evil.example/",
    "http://evil.example/?x=1",
    "http://evil.example?x=1",
    "http://localhost/",
    "//evil.example/",
    "/http://evil.example/",
  ])("%s: the origin is asked in origin form, by its own name", async (target) => {
    // What the one before has brought is not to answer this one.
    await attack(proxy.port, "POST /__admin/clear-cache", ["Content-Length: 0"]);
    const { status } = await attack(proxy.port, `GET ${target}`);
    expect([200, 400]).toContain(status);
    for (const head of stub.heads) {
      expect(head).toMatch(/^GET \/\S* HTTP\/1\.1\r\n/);
      expect(head).toMatch(new RegExp(`^host: 127\\.0\\.0\\.1:${stub.port}\r$`, "im"));
    }
    await expectClean(proxy.port, "/", `GET / HTTP/1.1|127.0.0.1:${stub.port}`);
    await expectClean(proxy.port, "/?x=1", `GET /?x=1 HTTP/1.1|127.0.0.1:${stub.port}`);
  });
});

describe("bug 4735 of Squid (squid-cache/squid#528): a chunked response that broke off was stored as whole", () => {
  const HEAD =
    "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n";
  const LARGE = `${(200_000).toString(16)}\r\n${"x".repeat(200_000)}\r\n`;
  const broken: readonly (readonly [string, string, "end" | "reset"])[] = [
    ["without the last chunk", "4\r\nhalf\r\n", "end"],
    // With its line end it is the last chunk, and the content is whole (RFC 9112 §8).
    ["within the last chunk", "4\r\nhalf\r\n0", "end"],
    ["within a chunk", "8\r\nhalf", "end"],
    ["within a size", "4\r\nhalf\r\n1", "end"],
    ["before the first chunk", "", "end"],
    ["with a reset", "4\r\nhalf\r\n", "reset"],
    ["after much of it", LARGE, "end"],
    ["within a chunk after much of it", `${LARGE}8\r\nhalf`, "end"],
  ];

  test.each(broken)("%s", async (_, content, how) => {
    let count = 0;
    const stub = await rawOrigin(shared, (connection) => {
      if (++count > 5) return connection.end(`${HEAD}4\r\ngood\r\n0\r\n\r\n`);
      connection.write(HEAD + content);
      if (how === "end") connection.end();
      // Only what has left is not taken back by the reset.
      else setTimeout(() => connection.reset(), 20);
    });
    const proxy = await startProxy(shared, stub.url);
    const got = await Promise.all([1, 2, 3].map(() => clean(proxy.port, "/x").catch(() => undefined)));
    // Nobody takes it for the whole: it is an error of ours, or the connection breaks off where a chunk should follow.
    for (const answer of got) if (answer?.status === 200) expect(answer.body).not.toEndWith("good");
    while (count < 5) await clean(proxy.port, "/x").catch(() => undefined);
    await expectClean(proxy.port, "/x", "good");
  });
});

describe("CVE-2026-13697 of undici: `private=` was taken for a list of no fields, and two kinds of private broke the parser", () => {
  const values: string[] = [];
  let proxy: RunningProxy;

  beforeAll(async () => {
    const stub = await rawOrigin(shared, (connection, head) => {
      const who = /^x-who: (.*)$/im.exec(head)?.[1] ?? "nobody";
      const value = values[Number(/\d+/.exec(head)?.[0])];
      const fields = `Cache-Control: ${value}\r\nSet-Cookie: sid=${who}\r\nContent-Length: ${who.length}`;
      connection.end(`HTTP/1.1 200 OK\r\nConnection: close\r\n${fields}\r\n\r\n${who}`);
    });
    proxy = await startProxy(shared, stub.url);
  });

  test.each([
    "private=, max-age=60",
    "max-age=60, private=",
    'private="", max-age=60',
    'private=" ", max-age=60',
    'private=",", max-age=60',
    "private= , max-age=60",
    'private, private="set-cookie", max-age=60',
    'private="set-cookie", private, max-age=60',
    'private="set-cookie", private=, max-age=60',
    'no-cache, no-cache="x", private=, max-age=60',
  ])("%s", async (value) => {
    const path = `/${values.push(value) - 1}`;
    expect((await attack(proxy.port, `GET ${path}`, ["X-Who: victim"])).body).toBe("victim");
    for (let i = 0; i < 2; i++) {
      const { word, body, fields } = await clean(proxy.port, path);
      expect([word, body, fields.getSetCookie()]).toEqual(["MISS", "nobody", ["sid=nobody"]]);
    }
  });
});

describe("863 of Souin (darkweak/souin#863): where it was settled how Authorization is dealt with, private no longer counted", () => {
  const rules = [
    ["Vary names it", []],
    ["a rule sets it", [{ request: { headers: { authorization: "Bearer ours" } } }]],
    ["a rule takes it away", [{ request: { headers: { authorization: null } } }]],
    ["a rule is about who has it", [{ match: { headers: { authorization: "*" } }, ttl: "1h" }, { staleIfError: "1h" }]],
  ] as const;

  test.each(rules)("%s", async (_, those) => {
    const stub = await rawOrigin(shared, (connection, head) => {
      const who = /^x-who: (.*)$/im.exec(head)?.[1] ?? "nobody";
      const fields = `Connection: close\r\nCache-Control: private, max-age=60\r\nVary: Authorization\r\nETag: "1"`;
      connection.end(`HTTP/1.1 200 OK\r\n${fields}\r\nContent-Length: ${who.length}\r\n\r\n${who}`);
    });
    const proxy = await startRuled(shared, stub.url, those);
    const sent = ["Authorization: Bearer x"];
    expect((await attack(proxy.port, "GET /x", [...sent, "X-Who: victim"])).body).toBe("victim");
    for (const fields of [sent, sent, [], []]) {
      const { word, body } = await attack(proxy.port, "GET /x", fields);
      expect([word, body]).toEqual(["MISS", "nobody"]);
    }
  });
});
