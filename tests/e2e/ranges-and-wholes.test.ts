import { beforeAll, describe, expect, test } from "bun:test";
import { cleanup } from "./cleanup.ts";
import { origin, type StubOrigin } from "./origin.ts";
import { ask, type RunningProxy, startProxy, xCache } from "./proxy.ts";

const shared = cleanup();
let stub: StubOrigin;
let proxy: RunningProxy;

const MB = 1024 * 1024;

/** What a path has, the n-th time it is asked for: its size, its tag and its Cache-Control. */
type File = { readonly size: number; readonly etag: string; readonly cacheControl: string };

const FILES: Readonly<Record<string, (count: number) => File>> = {
  small: () => ({ size: 1000, etag: '"s"', cacheControl: "max-age=60" }),
  megabyte: () => ({ size: MB, etag: '"m"', cacheControl: "max-age=60" }),
  unstorable: () => ({ size: 1000, etag: '"u"', cacheControl: "no-store" }),
  grown: (count) => ({ size: count < 2 ? 1000 : 2 * MB, etag: `"${Math.min(count, 2)}"`, cacheControl: "max-age=0" }),
  "grown-fresh": (count) => ({
    size: count < 2 ? 1000 : 2 * MB,
    etag: `"${Math.min(count, 2)}"`,
    cacheControl: "max-age=60",
  }),
  behind: () => ({ size: 2 * MB, etag: '"b"', cacheControl: "max-age=0, stale-while-revalidate=600" }),
};

/** An origin that knows single ranges, If-Range and If-None-Match. The bytes of a file are its tag's letter or digit. */
function answer(request: Request, count: number): Response | Promise<Response> {
  const [, kind = ""] = new URL(request.url).pathname.split("/");
  const { size, etag, cacheControl } = FILES[kind]?.(count) ?? { size: 0, etag: '"x"', cacheControl: "no-store" };
  const text = etag.slice(1, 2).repeat(size);
  const headers = new Headers({ etag, "cache-control": cacheControl, "content-type": "text/plain" });
  if (request.headers.get("if-none-match") === etag) return new Response(null, { status: 304, headers });
  const asked = /^bytes=(\d+)-(\d*)$/.exec(request.headers.get("range") ?? "");
  if (asked === null || (request.headers.get("if-range") ?? etag) !== etag || kind === "unstorable") {
    return new Response(text, { headers });
  }
  const [first, last] = [Number(asked[1]), asked[2] === "" ? size - 1 : Math.min(Number(asked[2]), size - 1)];
  headers.set("content-range", `bytes ${first}-${last}/${size}`);
  return new Response(text.slice(first, last + 1), { status: 206, headers });
}

beforeAll(async () => {
  stub = origin(shared, answer);
  proxy = await startProxy(shared, stub.url);
});

/** X-Cache, status and Content-Range, and what the body consists of. */
async function got(to: RunningProxy, path: string, headers: Readonly<Record<string, string>> = {}): Promise<string> {
  const response = await ask(to, path, { headers });
  const body = await response.text();
  const letters = [...new Set(body)].join("");
  return `${xCache(response)} ${response.status} ${response.headers.get("content-range") ?? "-"} ${body.length} ${letters}`;
}

const range = (value: string) => ({ range: `bytes=${value}` });
const seen = (path: string) =>
  stub.seen.filter((one) => one.path === path).map(({ headers }) => headers.get("range") ?? "whole");

describe("a part makes a whole", () => {
  test("RFC 9110 §14.3: which says that it has ranges", async () => {
    await got(proxy, "/small/said", range("0-4"));
    await got(proxy, "/small/said");
    const hit = await ask(proxy, "/small/said");
    expect([xCache(hit), hit.headers.get("accept-ranges")]).toEqual(["HIT", "bytes"]);
  });

  test("once, for however many that want parts of it at the same time", async () => {
    await got(proxy, "/megabyte/crowd", range("0-0"));
    const crowd = Array.from({ length: 20 }, (_, i) => got(proxy, "/megabyte/crowd", range(`${i + 5}-${i + 5}`)));
    for (const [i, answer] of (await Promise.all(crowd)).entries()) {
      expect(answer).toEndWith(` 206 bytes ${i + 5}-${i + 5}/${MB} 1 m`);
    }
    expect(seen("/megabyte/crowd")).toEqual(["bytes=0-0", "bytes=1-"]);
  });

  test("not where the whole would be too large to be stored", async () => {
    const small = await startProxy(shared, stub.url, "--max-entry-size 100kb");
    expect(await got(small, "/megabyte/bound", range("0-9"))).toBe(`MISS 206 bytes 0-9/${MB} 10 m`);
    expect(await got(small, "/megabyte/bound", range("20-29"))).toBe(`MISS 206 bytes 20-29/${MB} 10 m`);
    expect(await got(small, "/megabyte/bound", range("2-3"))).toBe(`HIT 206 bytes 2-3/${MB} 2 m`);
    expect(seen("/megabyte/bound")).toEqual(["bytes=0-9", "bytes=20-29"]);
  });
});

describe("a whole that came instead of a part", () => {
  test("RFC 9110 §14.2: is cut, though it may not be stored", async () => {
    expect(await got(proxy, "/unstorable/a", range("0-9"))).toBe("MISS 206 bytes 0-9/1000 10 u");
    expect(await got(proxy, "/unstorable/a")).toBe("MISS 200 - 1000 u");
  });

  test.each(["/grown/validated", "/grown-fresh/completed"])(
    "is not read where it has grown too long to be cut: %s",
    async (path) => {
      await got(proxy, path, path.startsWith("/grown-fresh") ? range("0-9") : {});
      expect(await got(proxy, path, range("500-"))).toBe(
        `MISS 206 bytes 500-${2 * MB - 1}/${2 * MB} ${2 * MB - 500} 2`,
      );
      expect(seen(path).at(-1)).toBe("bytes=500-");
    },
  );

  test("RFC 9110 §13.1.5: nor where the client has the beginning of another", async () => {
    await got(proxy, "/grown/resumed");
    expect(await got(proxy, "/grown/resumed", { ...range("500-"), "if-range": '"1"' })).toBe(`MISS 200 - ${2 * MB} 2`);
  });
});

test("RFC 5861 §3: a part that is served stale has the whole validated behind it, not replaced by the part", async () => {
  await got(proxy, "/behind/a");
  expect(await got(proxy, "/behind/a", range("0-0"))).toBe(`STALE 206 bytes 0-0/${2 * MB} 1 b`);
  expect(await got(proxy, "/behind/a")).toBe(`STALE 200 - ${2 * MB} b`);
  expect(new Set(seen("/behind/a"))).toEqual(new Set(["whole"]));
});

test("RFC 9110 §14.2: HEAD asks the origin for no part either", async () => {
  const response = await ask(proxy, "/small/head", { method: "HEAD", headers: range("0-4") });
  expect([response.status, response.headers.get("content-length")]).toEqual([200, "1000"]);
  expect(seen("/small/head")).toEqual(["whole"]);
});
