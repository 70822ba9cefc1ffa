import { beforeAll, describe, expect, test } from "bun:test";
import { cleanup } from "./cleanup.ts";
import { origin, type StubOrigin } from "./origin.ts";
import { ask, cacheStatus, type RunningProxy, startProxy, xCache } from "./proxy.ts";

const shared = cleanup();
let stub: StubOrigin;
let proxy: RunningProxy;

const TEXT = "0123456789";
const LARGE = "0123456789".repeat(200_000);

/** An origin that knows ranges as static files do: one of them, If-Range, If-None-Match. */
function file(text: string, etag: string, cacheControl: string) {
  return (request: Request): Response => {
    const headers = new Headers({ etag, "cache-control": cacheControl, "content-type": "text/plain" });
    if (request.headers.get("if-none-match") === etag) return new Response(null, { status: 304, headers });
    const ifRange = request.headers.get("if-range");
    const asked = /^bytes=(\d*)-(\d*)$/.exec(request.headers.get("range") ?? "");
    if (asked === null || (ifRange !== null && ifRange !== etag)) return new Response(text, { headers });
    const [from, to] = [asked[1] ?? "", asked[2] ?? ""];
    const first = from === "" ? text.length - Number(to) : Number(from);
    const last = from === "" || to === "" ? text.length - 1 : Math.min(Number(to), text.length - 1);
    if (first >= text.length) {
      headers.set("content-range", `bytes */${text.length}`);
      return new Response("no", { status: 416, headers });
    }
    headers.set("content-range", `bytes ${first}-${last}/${text.length}`);
    return new Response(text.slice(first, last + 1), { status: 206, headers });
  };
}

const fresh = file(TEXT, '"a"', "max-age=60");
const large = file(LARGE, '"big"', "max-age=60");

beforeAll(async () => {
  stub = origin(shared, (request, count) => {
    const { pathname } = new URL(request.url);
    const [, kind] = pathname.split("/");
    switch (kind) {
      case "file":
        return fresh(request);
      case "large":
        return large(request);
      case "stale":
        return file(TEXT, '"a"', "max-age=0")(request);
      case "large-stale":
        return file(LARGE, '"big"', "max-age=0")(request);
      case "changing":
        return file(count < 2 ? TEXT : "abcdefghij", `"${Math.min(count, 2)}"`, "max-age=0")(request);
      case "large-changing":
        return file(count < 2 ? LARGE : LARGE.replaceAll("0", "x"), `"${Math.min(count, 2)}"`, "max-age=0")(request);
      case "weak-changing": {
        const answer = file(count < 2 ? LARGE : LARGE.replaceAll("0", "x"), `W/"${Math.min(count, 2)}"`, "max-age=60");
        return answer(request);
      }
      case "untagged": {
        const answer = fresh(request);
        answer.headers.delete("etag");
        return answer;
      }
      case "no-ranges":
        return new Response(TEXT, { headers: { "cache-control": "max-age=60" } });
      case "changed-meanwhile":
        return (count < 2 ? fresh : file("abcdefghij", '"b"', "max-age=60"))(request);
      case "redirect":
        return new Response(null, { status: 302, headers: { location: "/file", "cache-control": "max-age=60" } });
      default:
        return new Response("no such path", { status: 404 });
    }
  });
  proxy = await startProxy(shared, stub.url);
});

/** X-Cache, status, Content-Range and body. */
async function got(path: string, headers: Readonly<Record<string, string>> = {}, method = "GET"): Promise<string> {
  const response = await ask(proxy, path, { method, headers });
  const body = await response.text();
  const shown = body.length > 20 ? `${body.length} bytes` : body;
  return `${xCache(response)} ${response.status} ${response.headers.get("content-range") ?? "-"} ${shown}`;
}

const range = (value: string) => ({ range: `bytes=${value}` });

/** The Range and If-Range that the origin saw for a path, in its order. */
function seen(path: string): string[] {
  return stub.seen
    .filter((one) => one.path === path)
    .map(({ headers }) => [headers.get("range") ?? "whole", headers.get("if-range") ?? ""].join(" ").trim());
}

describe("from a stored whole", () => {
  beforeAll(async () => {
    expect(await got("/file/whole")).toBe("MISS 200 - 0123456789");
  });

  test.each([
    ["one range", range("2-4"), "HIT 206 bytes 2-4/10 234"],
    ["a suffix", range("-3"), "HIT 206 bytes 7-9/10 789"],
    ["an open range", range("8-"), "HIT 206 bytes 8-9/10 89"],
    ["ranges that touch", range("0-1,2-3"), "HIT 206 bytes 0-3/10 0123"],
    ["beyond the end", range("10-"), "HIT 416 bytes */10 "],
    ["If-Range that holds", { ...range("2-4"), "if-range": '"a"' }, "HIT 206 bytes 2-4/10 234"],
    ["If-Range that fails", { ...range("2-4"), "if-range": '"b"' }, "HIT 200 - 0123456789"],
    ["a weak If-Range", { ...range("2-4"), "if-range": 'W/"a"' }, "HIT 200 - 0123456789"],
    ["If-None-Match that matches goes first", { ...range("2-4"), "if-none-match": '"a"' }, "HIT 304 - "],
    ["If-None-Match that does not", { ...range("2-4"), "if-none-match": '"b"' }, "HIT 206 bytes 2-4/10 234"],
    ["a malformed range", range("4-2"), "HIT 200 - 0123456789"],
  ])("RFC 9110 §14.2: %s", async (_, headers, expected) => {
    expect(await got("/file/whole", headers)).toBe(expected);
  });

  test("RFC 9110 §14.6: several ranges are one multipart body of the announced length", async () => {
    const response = await ask(proxy, "/file/whole", { headers: range("8-9,0-1") });
    expect([xCache(response), response.status, response.headers.has("content-range")]).toEqual(["HIT", 206, false]);
    const boundary = /^multipart\/byteranges; boundary=([\w-]+)$/.exec(response.headers.get("content-type") ?? "")?.[1];
    const body = await response.text();
    expect(response.headers.get("content-length")).toBe(String(body.length));
    const parts = body.split(`--${boundary}`).map((text) => text.trim());
    expect(parts).toEqual([
      "",
      "Content-Type: text/plain\r\nContent-Range: bytes 8-9/10\r\n\r\n89",
      "Content-Type: text/plain\r\nContent-Range: bytes 0-1/10\r\n\r\n01",
      "--",
    ]);
  });

  test("RFC 9110 §14.2: a thousand ranges are not taken apart", async () => {
    const many = Array.from({ length: 1000 }, (_, i) => `${i * 2}-${i * 2}`).join();
    expect(await got("/file/whole", range(many))).toBe("HIT 200 - 0123456789");
  });

  test("RFC 9110 §14.2: HEAD knows no ranges", async () => {
    const response = await ask(proxy, "/file/whole", { method: "HEAD", headers: range("2-4") });
    expect([response.status, response.headers.get("content-length")]).toEqual([200, "10"]);
    expect(response.headers.has("content-range")).toBe(false);
  });

  test("the origin was asked once for all of it", () => {
    expect(seen("/file/whole")).toEqual(["whole"]);
  });
});

test("RFC 9111 §4.3.2: If-Match is for the origin, and leaves what is stored", async () => {
  expect(await got("/file/if-match")).toBe("MISS 200 - 0123456789");
  expect(await got("/file/if-match", { ...range("2-4"), "if-match": '"a"' })).toBe("BYPASS 206 bytes 2-4/10 234");
  expect(await got("/file/if-match", range("2-4"))).toBe("HIT 206 bytes 2-4/10 234");
});

describe("from stored parts", () => {
  test("RFC 9111 §3.3: a part answers what lies in it, and nothing else", async () => {
    expect(await got("/large/part", range("10-29"))).toBe("MISS 206 bytes 10-29/2000000 01234567890123456789");
    expect(await got("/large/part", range("12-13"))).toBe("HIT 206 bytes 12-13/2000000 23");
    expect(await got("/large/part", range("12-30"))).toBe("MISS 206 bytes 12-30/2000000 2345678901234567890");
    expect(await got("/large/part")).toBe("MISS 200 - 2000000 bytes");
    expect(await got("/large/part", range("1999999-"))).toBe("HIT 206 bytes 1999999-1999999/2000000 9");
    expect(seen("/large/part")).toEqual(["bytes=10-29", "bytes=12-30", "whole"]);
  });

  test("RFC 9111 §3.4: parts that touch are one", async () => {
    await got("/large/joined", range("0-4"));
    await got("/large/joined", range("5-9"));
    expect(await got("/large/joined", range("3-6"))).toBe("HIT 206 bytes 3-6/2000000 3456");
    await got("/large/joined", range("20-24"));
    expect(await got("/large/joined", range("8-21"))).toBe("MISS 206 bytes 8-21/2000000 89012345678901");
    expect(await got("/large/joined", range("0-15"))).toBe("HIT 206 bytes 0-15/2000000 0123456789012345");
  });

  test("RFC 9111 §3.3: what a small representation lacks is asked for, and then it is whole", async () => {
    expect(await got("/file/rest", range("0-4"))).toBe("MISS 206 bytes 0-4/10 01234");
    const response = await ask(proxy, "/file/rest");
    expect(cacheStatus(response)).toMatch(
      /^caching-proxy; fwd=partial; fwd-status=206; stored; ttl=\d+; key="\/file\/rest"$/,
    );
    expect([response.status, await response.text()]).toEqual([200, TEXT]);
    expect(response.headers.get("content-length")).toBe("10");
    expect(response.headers.has("content-range")).toBe(false);
    expect(await got("/file/rest")).toBe("HIT 200 - 0123456789");
    expect(seen("/file/rest")).toEqual(["bytes=0-4", 'bytes=5- "a"']);
  });

  test("RFC 9111 §3.3: another part of a small one makes it whole, too", async () => {
    await got("/file/other", range("-5"));
    expect(await got("/file/other", range("4-5"))).toBe("MISS 206 bytes 4-5/10 45");
    expect(await got("/file/other")).toBe("HIT 200 - 0123456789");
    expect(seen("/file/other")).toEqual(["bytes=-5", 'bytes=0-4 "a"']);
  });

  test("RFC 9110 §15.3.7.3: a part that is everything is the whole", async () => {
    expect(await got("/file/all", range("0-"))).toBe("MISS 206 bytes 0-9/10 0123456789");
    expect(await got("/file/all")).toBe("HIT 200 - 0123456789");
  });

  test("RFC 9111 §3.4: without a validator nothing is joined: the whole is asked for", async () => {
    expect(await got("/untagged/a", range("0-4"))).toBe("MISS 206 bytes 0-4/10 01234");
    expect(await got("/untagged/a")).toBe("MISS 200 - 0123456789");
    expect(seen("/untagged/a")).toEqual(["bytes=0-4", "bytes=5-", "whole"]);
  });

  test("RFC 9111 §3.4: nor is what has changed meanwhile", async () => {
    expect(await got("/changed-meanwhile/a", range("0-4"))).toBe("MISS 206 bytes 0-4/10 01234");
    expect(await got("/changed-meanwhile/a")).toBe("MISS 200 - abcdefghij");
    expect(await got("/changed-meanwhile/a", range("0-4"))).toBe("HIT 206 bytes 0-4/10 abcde");
    expect(seen("/changed-meanwhile/a")).toEqual(["bytes=0-4", 'bytes=5- "a"']);
  });

  test("RFC 9110 §14.2: what comes whole where a part was asked for is cut", async () => {
    expect(await got("/no-ranges/a", range("0-4"))).toBe("MISS 206 bytes 0-4/10 01234");
    expect(await got("/no-ranges/a")).toBe("HIT 200 - 0123456789");
  });

  test("RFC 9111 §4: a 416 is for the range that it answers alone", async () => {
    expect(await got("/file/none", range("10-"))).toBe("MISS 416 bytes */10 no");
    expect(await got("/file/none")).toBe("MISS 200 - 0123456789");
  });

  test("RFC 9110 §14.2: Range means nothing to a redirect", async () => {
    expect(await got("/redirect/a", range("0-4"))).toBe("MISS 302 - ");
    expect(await got("/redirect/a")).toBe("HIT 302 - ");
  });

  test("RFC 9111 §4.4: an unsafe method takes the parts away", async () => {
    await got("/large/put", range("0-4"));
    await got("/large/put", {}, "PUT");
    expect(await got("/large/put", range("0-4"))).toStartWith("MISS 206 ");
  });
});

describe("once stale", () => {
  test("RFC 9111 §4.3: a part is validated without its range, where the whole is small", async () => {
    await got("/stale/part", range("0-4"));
    expect(await got("/stale/part", range("1-2"))).toBe("REVALIDATED 206 bytes 1-2/10 12");
    expect(stub.seen.at(-1)?.headers.get("if-none-match")).toBe('"a"');
    expect(seen("/stale/part")).toEqual(["bytes=0-4", "whole"]);
  });

  test("RFC 9111 §4.3: of a large one only the part is fetched anew, if at all", async () => {
    await got("/large-stale/part", range("0-4"));
    expect(await got("/large-stale/part", range("1-2"))).toBe("REVALIDATED 206 bytes 1-2/2000000 12");
    await got("/large-changing/part", range("0-4"));
    expect(await got("/large-changing/part", range("0-2"))).toBe("MISS 206 bytes 0-2/2000000 x12");
    expect(seen("/large-changing/part")).toEqual(["bytes=0-4", "bytes=0-2"]);
  });

  test("RFC 9110 §14.2: a whole that has changed is fetched whole, and the part cut out of it", async () => {
    expect(await got("/changing/whole")).toBe("MISS 200 - 0123456789");
    expect(await got("/changing/whole", range("0-2"))).toBe("MISS 206 bytes 0-2/10 abc");
    expect(seen("/changing/whole")).toEqual(["whole", "whole"]);
  });

  test("RFC 9111 §4.3.4: a whole that has not changed answers the part", async () => {
    await got("/stale/whole");
    expect(await got("/stale/whole", range("0-2"))).toBe("REVALIDATED 206 bytes 0-2/10 012");
  });

  test("RFC 9110 §13.1.5: If-Range holds for a large one that is validated, too", async () => {
    await got("/large-changing/if-range");
    expect(await got("/large-changing/if-range", { ...range("1000000-"), "if-range": '"1"' })).toBe(
      "MISS 200 - 2000000 bytes",
    );
    await got("/large-changing/part-if-range", range("0-99"));
    expect(await got("/large-changing/part-if-range", { ...range("50-60"), "if-range": '"1"' })).toBe(
      "MISS 200 - 2000000 bytes",
    );
  });

  test("RFC 9111 §4: a part of something newer leaves nothing older to answer with, weak tags or not", async () => {
    await got("/weak-changing/a");
    expect(await got("/weak-changing/a", { ...range("0-3"), "cache-control": "no-cache" })).toEndWith(" x123");
    expect(await got("/weak-changing/a", range("0-4"))).toBe("MISS 206 bytes 0-4/2000000 x1234");
  });
});
