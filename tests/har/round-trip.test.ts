import { expect, test } from "bun:test";
import fc from "fast-check";
import { buildArchive } from "../../src/wiring/build-archive.ts";
import { requestFields, responses } from "../caching/arbitraries.ts";
import { type Asking, Harness, type Page } from "../model/harness.ts";

/** A cache with what turns archives into what it has, and back. */
function site(origin: () => Page | "away") {
  const harness = new Harness(() => {
    const page = origin();
    return { deed: page === "away" ? { type: "unreachable", cause: "it is switched off" } : page, delay: 1 };
  });
  const archives = buildArchive({
    ...{
      cache: harness.cache,
      isOwn: () => false,
      version: "1",
      worker: undefined,
      unlisted: undefined,
      secretNames: [],
    },
  });
  return { harness, archives };
}

type Site = ReturnType<typeof site>;

async function written({ archives }: Site, prefix = "/"): Promise<string> {
  const pieces = archives.give({ prefix, publicOrigin: "http://proxy.test", secrets: "shown" });
  if ("why" in pieces) throw new Error(pieces.why);
  return (await Array.fromAsync(pieces)).join("");
}

async function taken({ archives }: Site, text: string) {
  const result = await archives.take(text, { origin: undefined, publicOrigin: "http://proxy.test" });
  if ("why" in result) throw new Error(result.why);
  return result;
}

const asking: fc.Arbitrary<Asking> = fc.record({
  method: fc.constantFrom("GET", "GET", "GET", "HEAD"),
  url: fc.constantFrom("/a", "/a?y=2&x=1", "/b%20c"),
  fields: requestFields,
});
const page: fc.Arbitrary<Page> = fc
  .record({
    response: responses,
    body: fc.constantFrom("", "page", "ä€\u{1f600}", "\ufeffbegun", "nul\0"),
    framing: fc.constantFrom("announced", "chunked"),
    coding: fc.constantFrom(undefined, "gzip", "br"),
    type: fc.constantFrom(undefined, "text/html", "text/html; charset=latin1"),
    shared: fc.constantFrom(undefined, undefined, 'params=("y")'),
  })
  .map(({ response: { status, fields }, coding, type, shared, ...rest }) => ({
    ...{ ...rest, status },
    body: status === 206 ? "1234" : rest.body,
    // The length that the harness announces is that of the text.
    framing: status === 206 ? ("announced" as const) : ("chunked" as const),
    fields: {
      ...fields,
      ...(coding && { "content-encoding": coding }),
      ...(type && { "content-type": type }),
      ...(shared && { "no-vary-search": shared }),
    },
  }));

test("cache to archive to another cache: the same answers, as old as they are", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ asking, page, pause: fc.constantFrom(0, 1, 20) }), { minLength: 1, maxLength: 6 }),
      fc.array(asking, { maxLength: 3 }),
      async (steps, others) => {
        let now: Page | "away" = "away";
        const one = site(() => now);
        for (const step of steps) {
          now = step.page;
          await one.harness.get(step.asking);
          one.harness.step(step.pause);
        }
        now = "away";
        const other = site(() => "away");
        other.harness.step(one.harness.now - other.harness.now);
        const result = await taken(other, await written(one));
        expect({ left: result.left, stored: result.stored }).toEqual({ left: {}, stored: result.entries });
        for (const { method = "GET", url, fields = {} } of [...steps.map((step) => step.asking), ...others]) {
          for (const control of ["only-if-cached", "only-if-cached, max-stale"]) {
            const asked = { method, url, fields: { ...fields, "cache-control": control } };
            expect(await other.harness.get(asked)).toEqual(await one.harness.get(asked));
          }
        }
      },
    ),
    { numRuns: 150 },
  );
});

const stored = (fields: Page["fields"], body = "page"): Page => ({ status: 200, fields, body, framing: "chunked" });

test("a part of what is stored, by its prefix", async () => {
  const one = site(() => stored({ "cache-control": "max-age=60" }));
  for (const url of ["/a/1", "/a/2", "/b"]) await one.harness.get({ url });
  const { log } = JSON.parse(await written(one, "/a/"));
  expect(log.entries.map((entry: { request: { url: string } }) => entry.request.url)).toEqual([
    "http://origin.test/a/1",
    "http://origin.test/a/2",
  ]);
});

test("what has grown old on the way is stale, and what was never to be kept is not kept", async () => {
  const one = site(() => stored({ "cache-control": "max-age=60", date: "Mon, 15 Jun 2026 12:00:00 GMT" }));
  await one.harness.get({ url: "/a" });
  const archive = await written(one);
  const later = site(() => "away");
  later.harness.step(3600);
  expect((await taken(later, archive)).stored).toBe(1);
  // The origin is asked for it, and away.
  const answer = await later.harness.get({ url: "/a" });
  expect(answer).toMatchObject({ fields: { age: "3601", "x-cache": "STALE" }, bytes: "page" });
  const forbidden = archive.replaceAll("max-age=60", "no-store");
  expect(
    await taken(
      site(() => "away"),
      forbidden,
    ),
  ).toMatchObject({ stored: 0, left: { "no-store": 1 } });
});

test("what is stored already stays where it is more recent, and what was let go of before comes back", async () => {
  let body = "old";
  const one = site(() => stored({ "cache-control": "max-age=60" }, body));
  await one.harness.get({ url: "/a" });
  const archive = await written(one);
  body = "new";
  one.harness.step(10);
  await one.harness.get({ url: "/a", fields: { "cache-control": "no-cache" } });
  expect(await taken(one, archive)).toMatchObject({ stored: 0, left: { older: 1 } });
  await one.harness.cache.store.clear();
  expect(await taken(one, archive)).toMatchObject({ stored: 1 });
  expect(await one.harness.get({ url: "/a" })).toMatchObject({ bytes: "old" });
});

test("what a soft purge has marked stale does not become fresh by way of an archive", async () => {
  const one = site(() => stored({ "cache-control": "max-age=60" }));
  await one.harness.get({ url: "/a" });
  await one.harness.cache.store.purge({ what: { type: "prefix", prefix: "" }, how: "soft" });
  expect(
    await taken(
      site(() => "away"),
      await written(one),
    ),
  ).toMatchObject({ stored: 0, left: { purged: 1 } });
});
