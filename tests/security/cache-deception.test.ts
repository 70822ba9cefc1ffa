import { beforeAll, describe, expect, test } from "bun:test";
import type { WrittenRule } from "../../src/config/written.ts";
import { cleanup } from "../e2e/cleanup.ts";
import { startRuled } from "../e2e/folder.ts";
import { type RunningProxy, startProxy } from "../e2e/proxy.ts";
import { type RawOrigin, rawOrigin } from "../e2e/raw.ts";
import { attack, clean } from "./clean.ts";

const shared = cleanup();

/**
 * An origin that shows whoever asks his own account, by whatever path leads there: it decodes, cuts off at `;`, NUL, `#` and `?`, resolves
 * dot segments, and takes what stands behind a page for that page's business. Files of /static/ are for all.
 */
function careless(fields: string): Promise<RawOrigin> {
  return rawOrigin(shared, (connection, head) => {
    const target = decodeURIComponent(head.split(" ")[1]?.replaceAll("%25", "%") ?? "");
    const path = target.replaceAll("\\", "/").replaceAll(/;[^/]*/g, "");
    const { pathname } = new URL(`http://x${path.split(/[\0#?\n]/)[0]}`);
    const who = /^(?:cookie|authorization|x-api-key): (.*)$/im.exec(head)?.[1] ?? "nobody";
    const [body, said] = pathname.startsWith("/static/")
      ? ["file", "Cache-Control: max-age=60\r\n"]
      : [`account of ${who}`, fields];
    connection.end(`HTTP/1.1 200 OK\r\nConnection: close\r\n${said}Content-Length: ${body.length}\r\n\r\n${body}`);
  });
}

/** By which somebody is led to his own page, where it looks like a file that anybody may have. */
const LURES = [
  "/account/x.css",
  "/account/x.js?v=1",
  "/account/static/x.png",
  "/account;x.css",
  "/account;/x.css",
  "/account%3Bx.css",
  "/account%00.css",
  "/account%00x.css",
  "/account%0a.css",
  "/account%23.css",
  "/account%23/static/x.css",
  "/account%3Fx.css",
  "/account%3F/static/x.css",
  "/account%2Fx.css",
  "/account/%2e%2e%2fx.css",
  "/static/..%2faccount",
  "/static/..%2Faccount?x.css",
  "/static/..%5caccount",
  "/static/%2e%2e%2faccount",
  "/static/%2e%2e%5Caccount",
  "/static/x/..%2f..%2faccount",
  "/static/%252e%252e%252faccount",
  "/static/..%252faccount",
  "/static/..%2faccount%23x.css",
  "/static/..;/account",
  "/static/x/..;a=b/..%3b/account",
  "/robots.txt/..%2faccount",
  "/account/favicon.ico",
  "//account/x.css",
];

const VICTIM = ["Cookie: sid=victim"];

/** What nobody but the victim may be answered with, whatever its name. */
const PERSONAL: readonly (readonly [string, string])[] = [
  ["that says nothing", ""],
  ["that is private", "Cache-Control: private, max-age=60\r\n"],
  ["that is not to be stored", "Cache-Control: no-store\r\n"],
  ["with a validator alone", 'ETag: "1"\r\nLast-Modified: Wed, 01 Jan 2020 00:00:00 GMT\r\n'],
  ["of a type that files have", "Content-Type: text/css\r\nLast-Modified: Wed, 01 Jan 2020 00:00:00 GMT\r\n"],
  ["that sets a cookie", "Set-Cookie: sid=victim\r\nLast-Modified: Wed, 01 Jan 2020 00:00:00 GMT\r\n"],
];

describe.each(PERSONAL)("a page %s", (_, fields) => {
  let proxy: RunningProxy;
  beforeAll(async () => {
    proxy = await startProxy(shared, (await careless(fields)).url, "--ttl 1h");
  });

  test("is the victim's alone, by whatever path", async () => {
    for (const lure of LURES) {
      const own = await attack(proxy.port, `GET ${lure}`, VICTIM);
      expect([lure, own.body]).toEqual([lure, "account of sid=victim"]);
      expect([lure, (await clean(proxy.port, lure)).body]).toEqual([lure, "account of nobody"]);
      const another = await attack(proxy.port, `GET ${lure}`, ["Authorization: Bearer other"]);
      expect([lure, another.body]).toEqual([lure, "account of Bearer other"]);
    }
    for (const word of ["MISS", "HIT"]) {
      const file = await clean(proxy.port, "/static/x.css");
      expect([file.word, file.body]).toEqual([word, "file"]);
    }
  });
});

test("what looks like a file is stored as Cache-Control says, and not for its name", async () => {
  const proxy = await startProxy(shared, (await careless("Cache-Control: no-store\r\n")).url);
  for (const path of ["/x.css", "/a/b.js", "/favicon.ico"]) {
    for (let i = 0; i < 2; i++) expect((await clean(proxy.port, path)).word).toBe("MISS");
  }
});

describe("a rule that gives lifetimes to a folder", () => {
  const rules: readonly WrittenRule[] = [{ match: "/static/*", ttl: "1h", staleIfError: "1h" }];

  test.each(PERSONAL)("gives none to a page %s that an encoded path leads out of it to", async (_, fields) => {
    const proxy = await startRuled(shared, (await careless(fields)).url, rules, "--ttl 1h");
    for (const lure of LURES.filter((each) => each.startsWith("/static/"))) {
      expect((await attack(proxy.port, `GET ${lure}`, VICTIM)).body).toBe("account of sid=victim");
      expect([lure, (await clean(proxy.port, lure)).body]).toEqual([lure, "account of nobody"]);
    }
    expect((await attack(proxy.port, "GET /static/x%2Fy.css", VICTIM)).word).toBe("MISS");
    expect((await clean(proxy.port, "/static/x%2Fy.css")).word).toBe("HIT");
  });
});
