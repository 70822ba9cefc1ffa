import { beforeAll, expect, test } from "bun:test";
import { cleanup } from "../e2e/cleanup.ts";
import { type RunningProxy, startProxy } from "../e2e/proxy.ts";
import type { RawOrigin } from "../e2e/raw.ts";
import { attack, expectClean, reflectingOrigin } from "./clean.ts";

const shared = cleanup();
let stub: RawOrigin;
let proxy: RunningProxy;

beforeAll(async () => {
  stub = await reflectingOrigin(shared);
  proxy = await startProxy(shared, stub.url);
});

const FORM = "Content-Type: application/x-www-form-urlencoded";
const CONTENT = "callback=evil";

/** Content that no key knows of. */
const fat: readonly (readonly [string, string, readonly string[], string])[] = [
  ["a length", "GET", [FORM, `Content-Length: ${CONTENT.length}`], CONTENT],
  ["chunks", "GET", [FORM, "Transfer-Encoding: chunked"], `d\r\n${CONTENT}\r\n0\r\n\r\n`],
  [
    "chunks, one of them evil",
    "GET",
    ["Transfer-Encoding: chunked"],
    `d;x=evil\r\n${CONTENT}\r\n0\r\nX-T: evil\r\n\r\n`,
  ],
  ["a method override", "GET", [FORM, "X-HTTP-Method-Override: POST", `Content-Length: ${CONTENT.length}`], CONTENT],
  ["Expect", "GET", [FORM, "Expect: 100-continue", `Content-Length: ${CONTENT.length}`], CONTENT],
  ["HEAD", "HEAD", [FORM, `Content-Length: ${CONTENT.length}`], CONTENT],
  ["a request in it", "GET", ["Content-Length: 42"], "GET /evil HTTP/1.1\r\nHost: localhost\r\n\r\n    "],
];

test.each(fat)(
  "GET with content by %s: the origin sees none of it, and nobody else",
  async (_, method, fields, content) => {
    const path = `/search?${crypto.randomUUID()}`;
    const asked = stub.heads.length;
    await attack(proxy.port, `${method} ${path}`, fields, content);
    const heads = stub.heads.slice(asked).join("");
    expect(heads).not.toContain("evil");
    expect(heads).not.toMatch(/^(?:content-length: [1-9]|transfer-encoding:)/im);
    await expectClean(proxy.port, path, /^GET \/search\?[^\n]* HTTP\/1\.1\n/);
    await expectClean(proxy.port, path, /^(?!.*evil)/s);
  },
);

test("the content of a QUERY is part of its key, that of a POST answers nobody", async () => {
  const path = `/query?${crypto.randomUUID()}`;
  const fields = [FORM, `Content-Length: ${CONTENT.length}`];
  for (const method of ["QUERY", "POST"]) await attack(proxy.port, `${method} ${path}`, fields, CONTENT);
  const other = await attack(proxy.port, `QUERY ${path}`, [FORM, "Content-Length: 4"], "a=ok");
  expect(other.word).toBe("MISS");
  await expectClean(proxy.port, path, `GET ${path} HTTP/1.1\n\n`);
});
