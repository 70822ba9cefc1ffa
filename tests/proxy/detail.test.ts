import { describe, expect, test } from "bun:test";
import { formatCacheStatus } from "../../src/http/cache-status.ts";
import type { Fields } from "../caching/build.ts";
import { Site } from "./site.ts";

/** What Cache-Status says of a request that goes to the origin, once something is stored and 10 s have passed. */
async function status(stored: Fields, asked: Fields, answer: (site: Site) => void): Promise<string> {
  const site = new Site();
  await site.fetch({ fields: { etag: '"one"', ...stored } }, { "accept-charset": "1" });
  site.now += 10_000;
  const { reply } = await site.ask({ "accept-charset": "1", ...asked });
  answer(site);
  const { cacheStatus } = await reply;
  return cacheStatus === undefined ? "none" : formatCacheStatus(cacheStatus);
}

describe("RFC 9211 §2.8: detail says what exactly sent a request to the origin", () => {
  test.each<[string, Fields, Fields, string]>([
    ["a lifetime that is over", { "cache-control": "max-age=5" }, {}, "fwd=stale detail=expired"],
    ["a response's no-cache", { "cache-control": "no-cache" }, {}, "fwd=stale detail=no-cache"],
    [
      "a request's no-cache",
      { "cache-control": "max-age=60" },
      { "cache-control": "no-cache" },
      "fwd=request detail=request-no-cache",
    ],
    [
      "a request's max-age",
      { "cache-control": "max-age=60" },
      { "cache-control": "max-age=9" },
      "fwd=request detail=request-max-age",
    ],
    [
      "a request's min-fresh",
      { "cache-control": "max-age=60" },
      { "cache-control": "min-fresh=51" },
      "fwd=request detail=request-min-fresh",
    ],
    [
      "a field that Vary names",
      { "cache-control": "max-age=60", vary: "Accept-Charset" },
      { "accept-charset": "2" },
      "fwd=vary-miss detail=accept-charset",
    ],
  ])("%s", async (_, stored, asked, expected) => {
    const [fwd = "", detail = ""] = expected.split(" ");
    const anew = { "cache-control": "max-age=60", etag: '"two"', vary: stored.vary ?? "Accept" };
    const replaced = await status(stored, asked, (site) => site.pending[1]?.answer(200, anew, "new"));
    expect(replaced).toContain(`${fwd}; fwd-status=200; stored`);
    expect(replaced).toEndWith(`; ${detail}`);
    const validated = await status(stored, asked, (site) => site.pending[1]?.answer(304, { ...anew, etag: '"one"' }));
    expect(validated).toContain(`${fwd}; fwd-status=304; stored`);
    expect(validated).toEndWith(`; ${detail}`);
  });

  test("unless what came is not stored, which matters more", async () => {
    const refused = await status({ "cache-control": "max-age=5" }, {}, (site) =>
      site.pending[1]?.answer(200, { "cache-control": "no-store" }, "new"),
    );
    expect(refused).toEndWith("detail=no-store");
  });
});
