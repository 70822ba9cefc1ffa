import { afterAll, beforeAll, expect, test } from "bun:test";
import fc from "fast-check";
import { startRedis } from "../store/redis-server.ts";
import { scratch } from "../store/scratch.ts";
import { origin, type StubOrigin } from "./origin.ts";
import { ask, cacheStatus, type RunningProxy, startProxy } from "./proxy.ts";

type Fields = Readonly<Record<string, string>>;

/** What is asked, and what the origin says to it: a status, fields, and whether it gives parts. */
type Site = { readonly status: number; readonly fields: Fields; readonly parts: boolean };
type Asked = { readonly method: string; readonly query: string; readonly fields: Fields };

type Explained = {
  readonly verdict: {
    readonly type: string;
    readonly fwd?: string;
    readonly detail?: string;
    readonly ttlSeconds?: number;
  };
  readonly rules: readonly { readonly answer: string; readonly change?: string }[];
  readonly stored: readonly { readonly selected: boolean; readonly status: number }[];
  readonly storing?: { readonly answer: string };
};

const BODY = "0123456789".repeat(100);
const HOUR_AGO = new Date(Date.now() - 3_600_000).toUTCString();
const LATER = new Date(Date.now() + 300_000).toUTCString();

/** Answers as the query says: conditional requests and single ranges as RFC 9110 has them. */
function answered({ method, headers, url }: Request): Response {
  const site: Site = JSON.parse(new URL(url).searchParams.get("site") ?? "{}");
  const fields = new Headers(site.fields);
  const { status } = site;
  const [etag, modified] = [fields.get("etag"), fields.get("last-modified")];
  const conditions = [headers.get("if-none-match"), headers.get("if-modified-since")];
  const isSame = conditions[0] === null ? conditions[1] !== null && conditions[1] === modified : conditions[0] === etag;
  if (status === 200 && isSame) return new Response(null, { status: 304, headers: fields });
  const range = /^bytes=(\d+)-(\d+)$/.exec(headers.get("range") ?? "");
  const isWanted = headers.get("if-range") === null || headers.get("if-range") === etag;
  if (site.parts && range !== null && isWanted && status === 200 && method === "GET") {
    fields.set("content-range", `bytes ${range[1]}-${range[2]}/${BODY.length}`);
    return new Response(BODY.slice(Number(range[1]), Number(range[2]) + 1), { status: 206, headers: fields });
  }
  return new Response(status === 204 ? null : BODY, { status, headers: fields });
}

const one = (...values: readonly string[]) => fc.constantFrom(...values);

/** No age is near a bound of one of the others, so that a second more or less changes nothing. */
const sites: fc.Arbitrary<Site> = fc.record({
  status: fc.constantFrom(200, 200, 200, 200, 404, 301, 203, 204, 500, 503),
  parts: fc.boolean(),
  fields: fc.record(
    {
      "cache-control": one(
        ...["max-age=600", "max-age=50", "s-maxage=600", "s-maxage=50", "no-cache", 'no-cache="x-a"', "public"],
        ...["max-age=50, must-revalidate", "max-age=50, stale-while-revalidate=600", "private", "no-store"],
        ...["max-age=50, stale-while-revalidate=20, stale-if-error=600", "max-age=600, immutable", "max-age=0"],
      ),
      age: one("5", "100", "700"),
      etag: one('"a"', 'W/"a"'),
      "last-modified": one(HOUR_AGO),
      expires: one(LATER, "0"),
      vary: one("Accept-Language", "Cookie", "Authorization", "*", "Accept, Accept-Language", "X-Api-Key"),
      "content-language": one("de", "fr"),
      "set-cookie": one("s=1"),
      "no-vary-search": one('params=("x")'),
    },
    { requiredKeys: [] },
  ),
});

function asking(methods: readonly string[]): fc.Arbitrary<Asked> {
  return fc.record({
    method: one(...methods),
    query: one("", "", "&x=1", "&x=2"),
    fields: fc.record(
      {
        "cache-control": one(
          ...["no-cache", "max-age=0", "max-age=20", "min-fresh=200", "max-stale", "max-stale=20", "no-store"],
          ...["only-if-cached", "only-if-cached, max-stale", "stale-if-error=300"],
        ),
        pragma: one("no-cache"),
        range: one("bytes=0-9", "bytes=100-199", "bytes=0-9,20-29", "bytes=2000-"),
        "if-range": one('"a"', '"b"'),
        "if-none-match": one('"a"', '"b"', "*"),
        "if-modified-since": one(HOUR_AGO),
        "if-match": one('"a"'),
        "accept-language": one("de", "fr", "de, en;q=0.5"),
        authorization: one("Bearer a", "Bearer b"),
        cookie: one("a=1", "a=2"),
        "x-api-key": one("1"),
      },
      { requiredKeys: [] },
    ),
  });
}

/** Few fields at a time: of many one hides what the others do. */
const few = (asked: fc.Arbitrary<Asked>) =>
  fc.tuple(asked, fc.array(fc.nat(), { maxLength: 3 })).map(([{ fields, ...rest }, chosen]): Asked => {
    const all = Object.entries(fields);
    const kept = chosen.flatMap((n) => all.slice(n % (all.length + 1)).slice(0, 1));
    return { ...rest, fields: Object.fromEntries(kept) };
  });

const situations = fc.record({
  site: sites,
  before: fc.array(few(asking(["GET", "GET", "GET", "HEAD"])), { minLength: 1, maxLength: 2 }),
  asked: few(asking(["GET", "GET", "GET", "GET", "HEAD", "POST"])),
});

type Situation = typeof situations extends fc.Arbitrary<infer T> ? T : never;

/** Whoever says who he is has no lifetime guessed for him, so that what comes for him is of no use to anybody. */
const GUESSED_FOR_OTHERS: Situation = {
  site: { status: 200, parts: false, fields: { "cache-control": "public" } },
  before: [{ method: "GET", query: "", fields: {} }],
  asked: { method: "GET", query: "", fields: { "x-api-key": "1" } },
};

/** What fetch would add by itself. */
const USUAL: Fields = { "user-agent": "a test", accept: "*/*", "accept-encoding": "identity" };

let count = 0;

/** Asks for something new, explains a further request for it, and makes that. */
async function seen(proxy: RunningProxy, { site, before, asked }: Situation) {
  const path = `/${count++}?site=${encodeURIComponent(JSON.stringify(site))}`;
  const answer = async ({ method, query, fields }: Asked): Promise<Response> => {
    const response = await ask(proxy, path + query, { method, headers: { ...USUAL, ...fields } });
    await response.arrayBuffer();
    return response;
  };
  // A validation behind the answer may end before or after what is asked next.
  const isBehind = site.fields["cache-control"]?.includes("while") === true;
  for (const each of isBehind ? before.slice(0, 1) : before) await answer(each);
  const query = new URLSearchParams([
    ["url", proxy.url + path + asked.query],
    ["method", asked.method],
    ...Object.entries({ ...USUAL, ...asked.fields }).map(([name, value]): [string, string] => [
      "header",
      `${name}: ${value}`,
    ]),
  ]);
  const explained: Explained = JSON.parse(await (await ask(proxy, `/__admin/explain?${query}`)).text());
  const response = await answer(asked);
  return { explained, status: response.status, cacheStatus: cacheStatus(response) };
}

/** Whether the answer is what was foretold. */
function agrees({ explained: { verdict }, status, cacheStatus }: Awaited<ReturnType<typeof seen>>): boolean {
  const ttl = Number(/; hit; ttl=(-?\d+)/.exec(cacheStatus)?.[1] ?? Number.NaN);
  switch (verdict.type) {
    case "fresh":
    case "stale":
      return ttl < 0 === (verdict.type === "stale") && Math.abs(ttl - (verdict.ttlSeconds ?? Number.NaN)) <= 1;
    case "gateway-timeout":
      return status === 504 && cacheStatus.endsWith("detail=only-if-cached");
    case "bypass":
      return cacheStatus.includes(`fwd=${verdict.fwd}`) && cacheStatus.endsWith(verdict.detail ?? "");
    default:
      return cacheStatus.includes(`fwd=${verdict.fwd}`);
  }
}

/** Whether what was said of storing the answer came true, where the answer is one as that which is stored. */
function storesAsSaid({ explained, status, cacheStatus }: Awaited<ReturnType<typeof seen>>): boolean {
  const { verdict, storing, stored } = explained;
  const of = stored.find(({ selected }) => selected) ?? stored[0];
  if (storing === undefined || of === undefined || of.status !== status) return true;
  if (verdict.type !== "forward" && verdict.type !== "validate") return true;
  // What stands in for an answer of no use is not what came.
  if (/detail=(?:stale-if-error|validation-failed)/.test(cacheStatus)) return true;
  return cacheStatus.includes("; stored") === (storing.answer === "yes");
}

const stack = new AsyncDisposableStack();
let stub: StubOrigin;

beforeAll(() => {
  stub = origin(stack, answered);
});
afterAll(() => stack.disposeAsync());

test.each(["memory", "sqlite", "redis"])(
  "what is explained is what then happens: %s",
  async (tier) => {
    await using stack = new AsyncDisposableStack();
    const store =
      tier === "sqlite"
        ? ` --store sqlite:${scratch(stack)}/cache.db`
        : tier === "redis"
          ? ` --store ${(await startRedis(stack)).url}`
          : "";
    const proxy = await startProxy(stack, stub.url, `--log off${store}`);
    const reached = new Set<string>();
    await fc.assert(
      fc.asyncProperty(situations, async (situation) => {
        const came = await seen(proxy, situation);
        const { verdict, rules, stored } = came.explained;
        reached.add(verdict.type);
        expect({ ...came, agrees: agrees(came), stores: storesAsSaid(came) }).toMatchObject({
          agrees: true,
          stores: true,
        });
        const isAbout = ["fresh", "stale", "validate", "complete"].includes(verdict.type);
        expect(stored.filter(({ selected }) => selected)).toHaveLength(isAbout ? 1 : 0);
        // Where the cache does not answer one of the rules says why.
        if (verdict.type === "fresh") expect(rules.filter(({ change }) => change !== undefined)).toEqual([]);
        else expect(rules.some(({ answer }) => answer === "no")).toBe(true);
      }),
      { numRuns: 250, examples: [[GUESSED_FOR_OTHERS]] },
    );
    expect([...reached]).toEqual(expect.arrayContaining(["bypass", "forward", "fresh", "validate"]));
  },
  30_000,
);
