import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { scratch } from "../store/scratch.ts";
import { cleanup } from "./cleanup.ts";
import { origin } from "./origin.ts";
import { ask, outcome, type RunningProxy, startProxy } from "./proxy.ts";
import { lineToEach } from "./workers.ts";

const shared = cleanup();
const FRESH = { "cache-control": "public, max-age=600" };
const LARGE = "0123456789".repeat(40_000);

/** A body that begins and never ends. */
function endless(): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({ pull: (controller) => controller.enqueue(new TextEncoder().encode(LARGE)) });
}

const stub = origin(shared, {
  "/page": (_, count) => new Response(`page ${count}`, { headers: { ...FRESH, "x-count": String(count) } }),
  "/coded": ({ headers }, count) =>
    headers.get("accept-encoding") === "gzip"
      ? new Response(gzipSync(`coded ${count}`), {
          headers: { ...FRESH, "content-encoding": "gzip", vary: "Accept-Encoding" },
        })
      : new Response(`plain ${count}`, { headers: { ...FRESH, vary: "Accept-Encoding" } }),
  "/secret": () =>
    new Response("mine", { headers: { ...FRESH, vary: "Authorization", "set-cookie": "session=verysecret; Path=/" } }),
  "/large": () => new Response(LARGE, { headers: FRESH }),
  "/endless": () => new Response(endless(), { headers: FRESH }),
  "/picture": () =>
    new Response(new Uint8Array([0x89, 0x50, 0xff, 0]), { headers: { ...FRESH, "content-type": "image/png" } }),
  "/part": ({ headers }) =>
    headers.get("range") === "bytes=2-4"
      ? new Response("234", { status: 206, headers: { ...FRESH, "content-range": "bytes 2-4/10", etag: '"p"' } })
      : new Response("0123456789", { headers: { ...FRESH, etag: '"p"' } }),
});
const proxy = await startProxy(shared, stub.url, "--log off");

async function compare(of: RunningProxy, body: unknown) {
  const response = await ask(of, "/__admin/compare", { method: "POST", body: JSON.stringify(body) });
  return { code: response.status, ...JSON.parse(await response.text()) };
}

describe("POST /__admin/compare", () => {
  test("shows what is stored beside what the origin answers now, and changes nothing", async () => {
    await outcome(proxy, "/page");
    const { stored, live } = await compare(proxy, { url: "/page" });
    expect(stored).toMatchObject({ status: 200, body: "page 1", truncated: false, state: "fresh" });
    // The Date that Bun writes lags behind while the tests' own process is busy.
    expect(stored.age).toBeWithin(0, 3);
    expect(stored.headers).toContainEqual(["x-count", "1"]);
    expect(live).toMatchObject({ status: 200, body: "page 2", truncated: false });
    expect(live.headers).toContainEqual(["x-count", "2"]);
    expect(live.ms).toBeGreaterThan(0);
    expect(await outcome(proxy, "/page")).toEqual(["HIT", "page 1"]);
  });

  test("what is not stored is not stored by that", async () => {
    expect(await compare(proxy, { url: "/page?never" })).toMatchObject({ stored: null, live: { status: 200 } });
    expect((await outcome(proxy, "/page?never"))[0]).toBe("MISS");
    expect(await compare(proxy, { url: "/nowhere" })).toMatchObject({ live: { status: 404, body: "no such path" } });
  });

  test("both are asked for with the same fields and shown decoded", async () => {
    await outcome(proxy, "/coded", { headers: { "accept-encoding": "gzip" } });
    const { stored, live } = await compare(proxy, { url: "/coded" });
    expect([stored.body, live.body]).toEqual(["coded 1", "coded 2"]);
    expect(stored.selecting).toEqual({ "accept-encoding": "gzip" });
    await outcome(proxy, "/coded", { headers: { "accept-encoding": "br" } });
    const chosen = await compare(proxy, { url: "/coded", headers: { "Accept-Encoding": "gzip" } });
    expect([chosen.stored.body, chosen.live.body]).toEqual(["coded 1", "coded 4"]);
  });

  test("secrets are neither shown nor sent", async () => {
    const before = stub.seen.length;
    await outcome(proxy, "/secret", { headers: { authorization: "Bearer verysecret" } });
    const compared = await compare(proxy, { url: "/secret" });
    expect(JSON.stringify(compared)).not.toContain("verysecret");
    expect(compared).toMatchObject({
      stored: { selecting: { authorization: "***" } },
      live: { withheld: ["authorization"] },
    });
    expect(compared.live.headers).toContainEqual(["set-cookie", "session=***; Path=/"]);
    expect(stub.seen.slice(before).map(({ headers }) => headers.get("authorization"))).toEqual([
      "Bearer verysecret",
      null,
    ]);
  });

  test("of what is large or never ends the beginning; what is no text in Base64; of a part the same part", async () => {
    await outcome(proxy, "/large");
    const { stored, live } = await compare(proxy, { url: "/large" });
    expect([stored.body.length, stored.truncated, live.body, live.truncated]).toEqual([
      262_144,
      true,
      stored.body,
      true,
    ]);
    const { live: began } = await compare(proxy, { url: "/endless" });
    expect([began.body.length, began.truncated]).toEqual([262_144, true]);
    await outcome(proxy, "/picture");
    const picture = { body: null, bodyBase64: "iVD/AA==" };
    expect(await compare(proxy, { url: "/picture" })).toMatchObject({ stored: picture, live: picture });
    await outcome(proxy, "/part", { headers: { range: "bytes=2-4" } });
    expect(await compare(proxy, { url: "/part" })).toMatchObject({
      stored: { status: 206, body: "234" },
      live: { status: 206, body: "234" },
    });
  });

  test("a body that lies in a file", async () => {
    await using stack = new AsyncDisposableStack();
    const store = join(await scratch(stack), "cache.db");
    const first = await startProxy(stack, stub.url, `--log off --store sqlite:${store}`);
    await outcome(first, "/large");
    first.signal("SIGTERM");
    await first.exited;
    const again = await startProxy(stack, stub.url, `--log off --store sqlite:${store}`);
    const { stored } = await compare(again, { url: "/large" });
    expect([stored.body, stored.truncated, stored.bodyBytes]).toEqual([LARGE.slice(0, 262_144), true, LARGE.length]);
  });

  test("an origin that does not answer is told as that", async () => {
    await using stack = new AsyncDisposableStack();
    const away = new AsyncDisposableStack();
    const gone = origin(away, () => new Response("x", { headers: FRESH }));
    const own = await startProxy(stack, gone.url, "--log off");
    await away.disposeAsync();
    expect(await compare(own, { url: "/x" })).toMatchObject({ code: 502, title: "Origin unreachable" });
    const silent = origin(stack, () => new Promise<Response>(() => undefined));
    const impatient = await startProxy(stack, silent.url, "--log off --timeout 100ms");
    expect(await compare(impatient, { url: "/x" })).toMatchObject({ code: 504, title: "Origin too slow" });
  });

  test("what is not ours is refused", async () => {
    expect(await compare(proxy, { url: "https://elsewhere.example/" })).toMatchObject({
      ...{ code: 400, title: "Nothing to compare by that", detail: expect.stringContaining("elsewhere.example") },
    });
  });
});

test("several workers: what any of them holds is compared", async () => {
  await using stack = new AsyncDisposableStack();
  const several = await startProxy(stack, stub.url, "--workers 2 --log off");
  const [a] = await lineToEach(stack, several, 2);
  await a?.get("/page?several");
  for (let i = 0; i < 4; i++) {
    expect(await compare(several, { url: "/page?several" })).toMatchObject({
      stored: { worker: 1 },
      live: { status: 200 },
    });
  }
});
