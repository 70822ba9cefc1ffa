import { describe, expect, test } from "bun:test";
import type { WrittenRule } from "../../src/config/written.ts";
import { scratch } from "../store/scratch.ts";
import { cleanup } from "./cleanup.ts";
import { startRuled } from "./folder.ts";
import { admin, inLane, switchTo } from "./lanes.ts";
import { origin, type StubOrigin } from "./origin.ts";

const shared = cleanup();

/** Says what it was asked with, and how often. */
function echo(headers: Readonly<Record<string, string>>): StubOrigin {
  return origin(shared, (request, count) => {
    const age: Readonly<Record<string, string>> = headers["x-aged"] === undefined || count > 1 ? {} : { age: "5" };
    return new Response(`${count} ${request.headers.get("x-variant")}`, { headers: { ...headers, ...age } });
  });
}

const FRESH = { "cache-control": "max-age=600" };
/** The first answer alone is old. */
const AGED = { ...FRESH, "x-aged": "1" };
const UNSTORED = { "cache-control": "no-store" };
const VARIANT = { request: { headers: { "x-variant": "broken" } } };

/** What lane a and the default one get in turn, twice, of a rule that counts in lane a alone. */
const cases: readonly (readonly [string, Readonly<Record<string, string>>, WrittenRule, readonly string[]])[] = [
  ["a lifetime", UNSTORED, { ttl: "1h" }, ["MISS 1 null", "MISS 2 null", "HIT 1 null", "MISS 3 null"]],
  ["no lifetime", FRESH, { ttl: "0s" }, ["MISS 1 null", "MISS 2 null", "MISS 3 null", "HIT 2 null"]],
  // Stored as stale at once, and then replaced by what is not stored at all.
  ["no lifetime, of what is old", AGED, { ttl: "0s" }, ["MISS 1 null", "MISS 2 null", "MISS 3 null", "HIT 2 null"]],
  ["a field of the request", FRESH, VARIANT, ["MISS 1 broken", "MISS 2 null", "HIT 1 broken", "HIT 2 null"]],
  [
    "a credential",
    FRESH,
    { request: { headers: { authorization: "Bearer a" } } },
    ["MISS 1 null", "MISS 2 null", "HIT 1 null", "HIT 2 null"],
  ],
  ["the cache left out", FRESH, { cache: false }, ["BYPASS 1 null", "MISS 2 null", "BYPASS 3 null", "HIT 2 null"]],
  // What is done with the client's end alone changes nothing of what is stored, so that both share it.
  ["a body", FRESH, { response: { body: "own" } }, ["BYPASS own", "MISS 1 null", "BYPASS own", "HIT 1 null"]],
  ["a status", FRESH, { response: { status: 503 } }, ["MISS 1 null", "HIT 1 null", "HIT 1 null", "HIT 1 null"]],
  [
    "fields of the answer",
    FRESH,
    { response: { headers: { "x-a": "1" } } },
    ["MISS 1 null", "HIT 1 null", "HIT 1 null", "HIT 1 null"],
  ],
  ["a delay", FRESH, { delay: "1ms" }, ["MISS 1 null", "HIT 1 null", "HIT 1 null", "HIT 1 null"]],
];

describe.each(["a scenario", "a lane"])("what a rule of %s changes is nobody else's", (kind) => {
  test.each(cases)("%s", async (_, fields, rule, expected) => {
    const stub = echo(fields);
    const proxy = await startRuled(shared, stub.url, kind === "a scenario" ? [{ ...rule, scenario: "s" }] : []);
    if (kind === "a scenario") await switchTo(proxy, "a", "s");
    else await admin(proxy, "rules", { lane: "a", rules: [rule] });
    const got: string[] = [];
    for (const lane of ["a", "b", "a", "b"]) got.push((await inLane(proxy, lane, "/x")).join(" "));
    expect(got).toEqual([...expected]);
  });
});

describe("what is stored apart", () => {
  test("is for all who are answered by the same rules, and for nobody once they count no longer", async () => {
    const stub = echo(FRESH);
    const proxy = await startRuled(shared, stub.url, [{ ...VARIANT, scenario: "s" }]);
    for (const lane of ["a", "b"]) await switchTo(proxy, lane, "s");
    expect(await inLane(proxy, "a", "/x")).toEqual(["MISS", "1 broken"]);
    expect(await inLane(proxy, "b", "/x")).toEqual(["HIT", "1 broken"]);
    await switchTo(proxy, "a", null);
    expect(await inLane(proxy, "a", "/x")).toEqual(["MISS", "2 null"]);
    expect(await inLane(proxy, "b", "/x")).toEqual(["HIT", "1 broken"]);
  });

  test("is invalidated and purged with all that lies at the URL, and never says its name to the origin", async () => {
    const stub = echo(FRESH);
    const proxy = await startRuled(shared, stub.url, [{ ...VARIANT, scenario: "s" }]);
    await switchTo(proxy, "a", "s");
    const both = async () => [(await inLane(proxy, "a", "/x"))[0], (await inLane(proxy, "", "/x"))[0]];
    expect([await both(), await both()]).toEqual([
      ["MISS", "MISS"],
      ["HIT", "HIT"],
    ]);
    await inLane(proxy, "", "/x", { method: "POST", body: "" });
    expect([await both(), await both()]).toEqual([
      ["MISS", "MISS"],
      ["HIT", "HIT"],
    ]);
    await inLane(proxy, "a", "/x", { method: "DELETE" });
    expect([await both(), await both()]).toEqual([
      ["MISS", "MISS"],
      ["HIT", "HIT"],
    ]);
    expect((await admin(proxy, "purge", { url: "/x" }, "POST")).value).toMatchObject({ purged: 2 });
    expect(await both()).toEqual(["MISS", "MISS"]);
    const names = stub.seen.map(({ headers }) => headers.get("x-forwarded-host"));
    expect(new Set(names)).toEqual(new Set([`127.0.0.1:${proxy.port}`]));
  });

  test("is listed, explained, and refreshed for those who ask without rules", async () => {
    const stub = echo(FRESH);
    const proxy = await startRuled(shared, stub.url, [{ ...VARIANT, scenario: "s" }]);
    await switchTo(proxy, "a", "s");
    for (const lane of ["a", ""]) await inLane(proxy, lane, "/x");
    const { entries } = (await admin(proxy, "entries?url=/x")).value;
    const own = `http://127.0.0.1:${proxy.port}`;
    expect(entries.map((entry: { publicOrigin: string }) => entry.publicOrigin).sort()).toEqual([
      own,
      expect.stringMatching(/^http:\/\/rules-[0-9a-f]{16}@127\.0\.0\.1:\d+$/),
    ]);
    expect((await admin(proxy, "explain?url=/x")).value).toMatchObject({
      publicOrigin: own,
      verdict: { type: "fresh" },
    });
    const inA = await admin(proxy, `explain?url=/x&header=${encodeURIComponent("X-Lane: a")}`);
    expect(inA.value).toMatchObject({ url: `${own}/x`, verdict: { type: "fresh" } });
    expect(inA.value.publicOrigin).toContain("rules-");
    const refreshed = await admin(proxy, "refresh", { url: "/x" }, "POST");
    expect(refreshed.value.refreshed).toMatchObject([{ status: 200, publicOrigin: own }]);
    expect(stub.seen.at(-1)?.headers.has("x-variant")).toBe(false);
    expect((await inLane(proxy, "a", "/x"))[1]).toBe("1 broken");
  });

  test("goes into an archive and back as what it is", async () => {
    const stub = echo(FRESH);
    const start = async () => {
      const proxy = await startRuled(shared, stub.url, [{ ...VARIANT, scenario: "s" }]);
      await switchTo(proxy, "a", "s");
      return proxy;
    };
    const proxy = await start();
    await inLane(proxy, "a", "/x");
    const archive = (await admin(proxy, "export")).value;
    const other = await start();
    expect((await admin(other, "import", archive, "POST")).value).toMatchObject({ stored: 1 });
    expect(await inLane(other, "", "/x")).toEqual(["MISS", "2 null"]);
    expect(await inLane(other, "a", "/x")).toEqual(["HIT", "1 broken"]);
  });

  test("becomes no fixture, which would be for all", async () => {
    const stub = echo(FRESH);
    const root = scratch(shared);
    const proxy = await startRuled(shared, stub.url, [{ ...VARIANT, scenario: "s" }], `--fixtures ${root}`);
    await switchTo(proxy, "a", "s");
    expect(await inLane(proxy, "a", "/x")).toEqual(["MISS", "1 broken"]);
    expect(await inLane(proxy, "", "/x")).toEqual(["MISS", "2 null"]);
    expect(await inLane(proxy, "a", "/y")).toEqual(["MISS", "1 broken"]);
    proxy.signal("SIGINT");
    await proxy.exited;
    await proxy.stderr.ended;
    expect(proxy.stderr.all.join("\n")).toContain("2 that a scenario or a lane alone has changed");
    expect([...new Bun.Glob("*.http").scanSync(root)]).toEqual(["x.http"]);
  });

  test("is no flight that others wait for", async () => {
    const both = Promise.withResolvers<void>();
    const stub = origin(shared, async (request) => {
      if (stub.seen.length === 2) both.resolve();
      await both.promise;
      return new Response(request.headers.get("x-variant") ?? "plain", { headers: FRESH });
    });
    const proxy = await startRuled(shared, stub.url, [{ ...VARIANT, scenario: "s" }]);
    await switchTo(proxy, "a", "s");
    const answers = await Promise.all(["a", ""].map((lane) => inLane(proxy, lane, "/x")));
    expect(answers.map(([, body]) => body)).toEqual(["broken", "plain"]);
  });
});
