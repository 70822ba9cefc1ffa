import { expect, test } from "bun:test";
import fc from "fast-check";
import { Harness, type Page } from "./harness.ts";
import { PATIENCE, runs } from "./runs.ts";

const PAGE: Page = { status: 200, fields: { "cache-control": "max-age=100" }, body: "stored", framing: "announced" };

function origin(): Harness {
  return new Harness(() => ({ deed: PAGE, delay: 0 }));
}

/** What differs in little. */
const host = fc.constantFrom("http://proxy.test", "http://PROXY.test:80", "http://proxy.test:81", "http://other.test");
const path = fc.constantFrom(
  "/a",
  "/A",
  "/%61",
  "//a",
  "/a/",
  "/a%2Fb",
  "/a/b",
  "/./a",
  "/a;x",
  "/a%3Fx=1",
  "/ä",
  "/%C3%A4",
);
const parameter = fc.constantFrom(
  "x=1",
  "x=2",
  "X=1",
  "x",
  "x=",
  "y=1",
  "%78=1",
  "x=%31",
  "x=1+",
  "x=1%20",
  "",
  "=1",
  "x=1=",
  "z[]=1",
);
const url = fc
  .tuple(host, path, fc.option(fc.array(parameter, { maxLength: 3 }), { nil: undefined }))
  .map(([host, path, query]) => host + path + (query === undefined ? "" : `?${query.join("&")}`));

/** What leaves most URLs almost as they were. */
const nudge = fc.constantFrom(
  (url: string) => url.replace("/a", "/A"),
  (url: string) => url.replace("/a", "/%61"),
  (url: string) => url.replace("/a", "/a/"),
  (url: string) => url.replace("x=1", "X=1"),
  (url: string) => url.replace("x=1", "x=%31"),
  (url: string) => url.replace("?", "?&"),
  (url: string) => `${url}?`,
  (url: string) => `${url}#x`,
);

/** The second is the first with its parameters in another order, almost the first, or just another. */
const two = fc.oneof(
  fc.tuple(url, url),
  fc.tuple(url, nudge).map(([url, nudged]) => [url, nudged(url)] as const),
  url.chain((one) => {
    const [before = "", query] = one.split("?");
    if (query === undefined) return fc.constant([one, one] as const);
    const parameters = query.split("&");
    return fc
      .shuffledSubarray(parameters, { minLength: parameters.length })
      .map((shuffled) => [one, `${before}?${shuffled.join("&")}`] as const);
  }),
);

/** Parameters by name; those of one name in their order, and those whose names some origins take for one. */
function byName(search: string): readonly string[] {
  const name = (parameter: string) => {
    const decoded = decodeURIComponent(parameter.split("=")[0] ?? "");
    return decoded.toLowerCase().replace(/\[.*/, "");
  };
  return search
    .slice(1)
    .split("&")
    .toSorted((a, b) => (name(a) < name(b) ? -1 : name(a) > name(b) ? 1 : 0));
}

/** What the origin is sent for a URL, by a cache that holds nothing: all of it but the order of the query. */
async function sentFor(url: string) {
  const harness = origin();
  await harness.get({ url });
  const [sent] = harness.sent;
  const { origin: host, pathname, search } = sent?.url ?? new URL(url);
  return { host, pathname, query: byName(search), method: sent?.method, fields: sent?.fields };
}

test(
  "RFC 9111 §2, §4: an equal key means equal forwarded bytes, but for the query's order",
  async () => {
    let shared = 0;
    await fc.assert(
      fc.asyncProperty(two, async ([one, other]) => {
        const harness = origin();
        await harness.get({ url: one });
        await harness.get({ url: other });
        const isShared = harness.sent.length === 1;
        const isSame = Bun.deepEquals(await sentFor(one), await sentFor(other));
        // Nothing else is merged, and this is.
        expect(isShared).toBe(isSame);
        if (isShared) shared++;
      }),
      runs(300),
    );
    expect(shared).toBeGreaterThan(0);
  },
  PATIENCE,
);
