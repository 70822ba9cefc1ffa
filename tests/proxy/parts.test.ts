import { expect, test } from "bun:test";
import type { Outgoing } from "../../src/http/origin.ts";
import { parseRange, resolveRange } from "../../src/http/range.ts";
import { buildCache, type CacheSettings } from "../../src/wiring/build-cache.ts";
import { SECOND, T0 } from "../caching/build.ts";
import { made } from "../http/made.ts";

/** A cache before a file of which the test says what it holds and which validator it states. */
function cacheOf(fields: () => Readonly<Record<string, string>>) {
  const file = { text: "A".repeat(40), now: T0 };
  const asked: string[] = [];
  const send = async ({ method, headers }: Outgoing) => {
    const of = new Headers({ date: new Date(file.now).toUTCString(), "cache-control": "max-age=5", ...fields() });
    const answer = (status: number, body: string | null) => {
      if (body !== null) of.set("content-length", String(body.length));
      const response = new Response(body, { status, headers: of });
      return { type: "response", response, headers: of, framing: "delimited" } as const;
    };
    if (method === "PUT") return answer(204, null);
    asked.push(headers.get("range") ?? "whole");
    if (headers.has("if-none-match") || headers.has("if-modified-since")) return answer(304, null);
    const range = resolveRange(parseRange(headers.get("range") ?? "") ?? [], file.text.length);
    if (range.type !== "single") return answer(200, file.text);
    of.set("content-range", `bytes ${range.first}-${range.last}/${file.text.length}`);
    return answer(206, file.text.slice(range.first, range.last + 1));
  };
  const settings: CacheSettings = {
    ...{ origin: new URL("http://origin.test/"), ttl: 0, ignoreQuery: [], maxSize: 2 ** 24, maxEntrySize: 2 ** 20 },
    ...{
      eviction: "lru",
      timeout: 30 * SECOND,
      trustForwarded: false,
      maxOriginConnections: undefined,
      quota: { type: "off" },
      offline: false,
    },
  };
  const cache = buildCache(settings, { send, clock: () => file.now, steady: () => performance.now() }, (error) =>
    expect(error).toBeUndefined(),
  );
  const got = async (path: string, init: RequestInit = {}): Promise<string> => {
    const request = new Request(`http://localhost:3000${path}`, init);
    const { headers } = request;
    const { response } = await cache.handler({ request, url: new URL(request.url), headers, client: () => "" });
    return `${response.headers.get("x-cache")} ${response.status} ${await made(response).text()}`;
  };
  return { file, asked, got };
}

const range = (value: string) => ({ headers: { range: `bytes=${value}` } });

test("RFC 9110 §8.8.2.2: bytes of one second are not joined with later ones of it because a 304 came between", async () => {
  const { file, got } = cacheOf(() => ({ "last-modified": new Date(T0).toUTCString() }));
  expect(await got("/a", range("0-9"))).toBe("MISS 206 AAAAAAAAAA");
  file.text = "B".repeat(40);
  file.now += 10 * SECOND;
  expect(await got("/a", range("0-9"))).toBe("REVALIDATED 206 AAAAAAAAAA");
  expect(await got("/a")).toBe(`MISS 200 ${"B".repeat(40)}`);
});

test("RFC 9111 §4.4: a part older than ten thousand invalidations of other things is completed and stays", async () => {
  const { asked, got } = cacheOf(() => ({ etag: '"a"' }));
  await got("/a", range("0-9"));
  for (let i = 0; i <= 10_000; i++) await got(`/other/${i}`, { method: "PUT" });
  expect(await got("/a")).toStartWith("MISS 200 ");
  expect(await got("/a")).toStartWith("HIT 200 ");
  expect(asked).toEqual(["bytes=0-9", "bytes=10-"]);
});
