import { beforeAll, describe, expect, test } from "bun:test";
import { cleanup } from "../e2e/cleanup.ts";
import { type RunningProxy, startProxy } from "../e2e/proxy.ts";
import type { RawOrigin } from "../e2e/raw.ts";
import { rawOrigin } from "../e2e/raw.ts";
import { attack, clean, expectClean, reflectingOrigin } from "./clean.ts";

const shared = cleanup();
let stub: RawOrigin;
let proxy: RunningProxy;
let trusting: RunningProxy;

beforeAll(async () => {
  stub = await reflectingOrigin(shared);
  [proxy, trusting] = await Promise.all([
    startProxy(shared, stub.url),
    startProxy(shared, stub.url, "--trust-forwarded"),
  ]);
});

/** What stands for another URL, another method or another way in: none of it is part of the key, so the origin is not to hear of it. */
const NEVER_TOLD = [
  "X-Original-URL: /evil",
  "X-Rewrite-URL: /evil",
  "X-Original-URI: /evil",
  "X-HTTP-Method-Override: EVIL",
  "X-HTTP-Method: EVIL",
  "X-Method-Override: EVIL",
];

/** What only a balancer may say. */
const CLAIMS = [
  "X-Forwarded-Host: evil.example",
  "X-Forwarded-Scheme: evil",
  "X-Forwarded-Proto: evil",
  "X-Forwarded-Port: 666, evil",
  "X-Forwarded-Prefix: /evil",
  "X-Forwarded-Path: /evil",
  "X-Forwarded-Uri: /evil",
  "X-Forwarded-Server: evil.example",
  "X-Forwarded-Ssl: evil",
  "X-Forwarded: evil",
  "X-Original-Host: evil.example",
  "X-Host: evil.example",
  "X-HTTP-Host-Override: evil.example",
  "Forwarded: for=192.0.2.1;host=evil.example;proto=evil",
  "Front-End-Https: evil",
  "X-Url-Scheme: evil",
];

/** Who asks, as a balancer says it. */
const WHO = [
  "X-Forwarded-For: evil",
  "X-Real-IP: evil",
  "X-Client-IP: evil",
  "True-Client-IP: evil",
  "Forwarded: for=evil",
];

describe("an origin that prints what it is told", () => {
  test.each([...NEVER_TOLD, ...CLAIMS, ...WHO])("is not told %s", async (field) => {
    const path = `/a?${crypto.randomUUID()}`;
    const { status, body } = await attack(proxy.port, `GET ${path}`, [field]);
    expect(status).toBe(200);
    expect(body.toLowerCase()).not.toContain("evil");
    expect(stub.heads.at(-1)?.toLowerCase()).not.toContain("evil");
    await expectClean(proxy.port, path, `GET ${path} HTTP/1.1\n\n`);
  });

  test.each(NEVER_TOLD)("nor, with --trust-forwarded, %s", async (field) => {
    const path = `/b?${crypto.randomUUID()}`;
    expect((await attack(trusting.port, `GET ${path}`, [field])).body.toLowerCase()).not.toContain("evil");
    await expectClean(trusting.port, path, `GET ${path} HTTP/1.1\n\n`);
  });

  test.each(CLAIMS)("tells nobody else, with --trust-forwarded, %s", async (field) => {
    const path = `/c?${crypto.randomUUID()}`;
    await attack(trusting.port, `GET ${path}`, [field]);
    // The same balancer says the same again, and is answered by what it brought.
    expect((await attack(trusting.port, `GET ${path}`, [field])).word).toBe("HIT");
    await expectClean(trusting.port, path, `GET ${path} HTTP/1.1\n\n`);
  });

  test("is told by which name it was asked, and each name has answers of its own", async () => {
    const names = await rawOrigin(shared, (connection, head) => {
      const name = /^x-forwarded-host: (.*)$/im.exec(head)?.[1] ?? "none";
      const fields = `Connection: close\r\nCache-Control: max-age=60\r\nContent-Length: ${name.length}`;
      connection.end(`HTTP/1.1 200 OK\r\n${fields}\r\n\r\n${name}`);
    });
    const named = await startProxy(shared, names.url);
    for (const host of ["evil.example", "localhost.evil.example", "localhost:1", "LOCALHOST.", "127.0.0.1"]) {
      expect((await clean(named.port, "/x", host)).body).toBe(host.toLowerCase());
    }
    await expectClean(named.port, "/x", "localhost");
  });
});

describe("another method in a field", () => {
  test.each(["GET", "HEAD"])("a %s stays one: nothing empty or failed is stored for others", async (method) => {
    const picky = await rawOrigin(shared, (connection, head) => {
      const override = /^x-(?:http-)?method(?:-override)?: (.*)$/im.exec(head)?.[1];
      const [line, body] = override === undefined ? ["200 OK", "good"] : ["404 Not Found", "no"];
      const fields = `Connection: close\r\nCache-Control: max-age=60\r\nContent-Length: ${body.length}`;
      connection.end(`HTTP/1.1 ${line}\r\n${fields}\r\n\r\n${head.startsWith("HEAD") ? "" : body}`);
    });
    const before = await startProxy(shared, picky.url);
    for (const field of ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"]) {
      for (const said of ["POST", "HEAD", "DELETE", "EVIL"]) {
        await attack(before.port, `${method} /x`, [`${field}: ${said}`]);
        await attack(before.port, `${method} /x`, [`${field}: ${said}`, "Cache-Control: no-cache"]);
      }
    }
    await expectClean(before.port, "/x", "good");
  });

  test("a POST may say so: its answer is nobody else's", async () => {
    const path = `/d?${crypto.randomUUID()}`;
    const fields = ["X-HTTP-Method-Override: PUT", "Content-Length: 0"];
    const { word, body } = await attack(proxy.port, `POST ${path}`, fields);
    expect([word, body.toLowerCase().includes("x-http-method-override: put")]).toEqual(["BYPASS", true]);
    await expectClean(proxy.port, path, `GET ${path} HTTP/1.1\n\n`);
  });
});

test("a field that nobody knows is told on, and Vary keeps its answers apart", async () => {
  const varying = await reflectingOrigin(shared, "Cache-Control: max-age=60\r\nVary: X-Odd\r\n");
  const before = await startProxy(shared, varying.url);
  for (const value of ["evil", "\xff", "\xfe", "evil, ", '"evil']) {
    expect((await attack(before.port, "GET /x", [`X-Odd: ${value}`])).word).toBe("MISS");
  }
  await expectClean(before.port, "/x", "GET /x HTTP/1.1\n\n");
});
