import { expect, test } from "bun:test";
import fc from "fast-check";
import { Harness, type Page } from "./harness.ts";
import { PATIENCE, runs } from "./runs.ts";

/** Directives that would let a response be stored and used as long as possible, were it not for others. */
const inviting = fc.subarray([
  ...["max-age=100", "s-maxage=100", "public", "must-revalidate", "stale-while-revalidate=100", "stale-if-error=100"],
  ...['no-cache="x-a"', "immutable", "unknown=1"],
]);
const status = fc.constantFrom(200, 203, 204, 301, 302, 404, 410, 500, 503);
const framing = fc.constantFrom("announced" as const, "chunked" as const);
const other = fc.constantFrom({}, { "cache-control": "max-stale" }, { "cache-control": "only-if-cached, max-stale" });

/** An origin that gives its first answer once; then it is away, so that whatever can be used is. */
function once(page: Page): Harness {
  let asked = false;
  return new Harness(() => {
    const deed = asked ? ({ type: "unreachable", cause: "it is away" } as const) : page;
    asked = true;
    return { deed, delay: 0 };
  });
}

function page(parts: Partial<Page>): Page {
  return { status: 200, fields: {}, body: "for the first one", framing: "announced", ...parts };
}

/** Whether another client got anything of the first answer. */
function isLeaked(got: { readonly bytes: string; readonly fields: Readonly<Record<string, string>> }): boolean {
  return got.bytes.includes("first") || got.fields.etag === '"first"';
}

test(
  "RFC 9111 §5.2.2.5, §5.2.2.7: nothing is stored under no-store or private, whatever stands beside it",
  async () => {
    const forbidding = fc.constantFrom("no-store", "private", "No-Store", "PRIVATE", "no-store=x", 'private=""');
    await fc.assert(
      fc.asyncProperty(inviting, forbidding, fc.nat(), status, framing, other, async (said, no, at, ...rest) => {
        const [status, framing, asks] = rest;
        const directives = said.toSpliced(at % (said.length + 1), 0, no).join(at % 2 === 0 ? ", " : ",");
        const fields = { "cache-control": directives, expires: "Thu, 01 Jan 2099 00:00:00 GMT", etag: '"first"' };
        const harness = once(page({ status, framing, fields }));
        await harness.get({ url: "/" });
        expect(isLeaked(await harness.get({ url: "/", fields: asks }))).toBe(false);
        expect((await harness.cache.store.stats()).entries).toBe(0);
      }),
      runs(200),
    );
  },
  PATIENCE,
);

test(
  "RFC 9111 §5.2.1.5: nothing is stored that answers a request with no-store",
  async () => {
    await fc.assert(
      fc.asyncProperty(inviting, status, framing, other, async (said, status, framing, asks) => {
        const harness = once(page({ status, framing, fields: { "cache-control": said.join(), etag: '"first"' } }));
        await harness.get({ url: "/", fields: { "cache-control": "no-store" } });
        expect(isLeaked(await harness.get({ url: "/", fields: asks }))).toBe(false);
      }),
      runs(100),
    );
  },
  PATIENCE,
);

test(
  "RFC 9111 §3.5: what answers Authorization reaches nobody else, but by public, must-revalidate or s-maxage",
  async () => {
    const credentials = { authorization: "Bearer secret" };
    await fc.assert(
      fc.asyncProperty(inviting, status, framing, other, async (said, status, framing, asks) => {
        const harness = once(page({ status, framing, fields: { "cache-control": said.join(), etag: '"first"' } }));
        await harness.get({ url: "/", fields: credentials });
        const mayLeak = ["public", "must-revalidate", "s-maxage=100"].some((name) => said.includes(name));
        const isFresh = ["max-age=100", "s-maxage=100"].some((name) => said.includes(name));
        const leaked = isLeaked(await harness.get({ url: "/", fields: asks }));
        if (!mayLeak) expect(leaked).toBe(false);
        // And where it may, it does.
        if (mayLeak && isFresh) expect(leaked).toBe(true);
      }),
      runs(200),
    );
  },
  PATIENCE,
);

test(
  "a response with Set-Cookie reaches others only where it says how long it may, and its cookie only for so long",
  async () => {
    await fc.assert(
      fc.asyncProperty(inviting, status, fc.constantFrom(50, 150), other, async (said, status, wait, asks) => {
        const fields = { "cache-control": said.join(), etag: '"first"', "set-cookie": "id=first" };
        const harness = once(page({ status, fields: { ...fields, "last-modified": "Sun, 06 Nov 1994 08:49:37 GMT" } }));
        await harness.get({ url: "/" });
        harness.step(wait);
        const got = await harness.get({ url: "/", fields: asks });
        const isStated = said.some((directive) => /^(?:public|max-age|s-maxage)/.test(directive));
        const isFresh = said.some((directive) => /^(?:max-age|s-maxage)/.test(directive)) && wait < 100;
        if (!isStated) expect(isLeaked(got)).toBe(false);
        if (!isFresh) expect(got.fields["set-cookie"]).toBeUndefined();
        else expect(got.fields["set-cookie"]).toBe("id=first");
      }),
      runs(200),
    );
  },
  PATIENCE,
);

test(
  "RFC 9111 §3.3: a body that breaks off, or whose end proves nothing, reaches nobody else",
  async () => {
    const way = fc.constantFrom("announced" as const, "chunked" as const, "until-close" as const);
    await fc.assert(
      fc.asyncProperty(way, fc.nat(16), fc.constantFrom(1, 70_000), other, async (framing, cutAt, size, asks) => {
        const body = "for the first one".repeat(size);
        const harness = once(
          page({ body, framing, cutAt, fields: { "cache-control": "max-age=100", etag: '"first"' } }),
        );
        const first = await harness.get({ url: "/" });
        expect(first.broken || first.status === 502).toBe(true);
        expect(isLeaked(await harness.get({ url: "/", fields: asks }))).toBe(false);
      }),
      runs(60),
    );
  },
  PATIENCE,
);
