import { beforeAll, describe, expect, test } from "bun:test";
import { cleanup } from "../e2e/cleanup.ts";
import { get } from "./client.ts";
import { BROKEN, GOOD, KEPT_ALIVE_FAULT } from "./origin-faults.ts";
import { originSites, type Site, scripted } from "./sites.ts";
import { PAGE, pageWith, tables } from "./table.ts";
import { type Seen, watchAll } from "./watch.ts";

const shared = cleanup();
let sites: readonly Site[];
let seen: readonly Seen[];

beforeAll(async () => {
  sites = await originSites(shared);
  seen = await watchAll(sites);
});

describe("whatever an origin does wrong", () => {
  test("the page says what is seen (bun run faults:table writes it)", async () => {
    const page = await Bun.file(PAGE).text();
    expect(page).toBe(pageWith(page, tables(seen)));
  });

  test("a client is never given a part as the whole, and nothing broken lies there afterwards", () => {
    for (const { fault, got, storedAfter, staleAfter } of seen) {
      const came = got.get("nothing stored");
      const isWhole = came?.end === "whole" && came.content.startsWith(BROKEN);
      for (const { content } of [storedAfter, staleAfter]) {
        if (content.includes(BROKEN)) expect([fault, isWhole, content]).toEqual([fault, true, String(came?.content)]);
      }
    }
  });

  test("RFC 9111 §4.2.4: must-revalidate lets nothing stale out, and what may be used is", () => {
    for (const { fault, got } of seen) {
      const [strict, lenient] = [got.get("must-revalidate"), got.get("stale-if-error")];
      expect([fault, strict?.fields.get("x-cache")]).not.toEqual([fault, "STALE"]);
      if (strict !== undefined && strict.status >= 500) expect([fault, lenient?.content]).toEqual([fault, GOOD]);
    }
  });

  test("a POST is sent once, and the first request after it is answered right", () => {
    for (const { fault, posts, next, nextOfStale } of seen) {
      expect([fault, posts ?? 1]).toEqual([fault, 1]);
      for (const { content, end } of [next, nextOfStale]) expect([fault, content, end]).toEqual([fault, GOOD, "whole"]);
    }
  });

  test("the proxy has nothing to say of it but by its answers, and catches all of it", async () => {
    for (const proxy of new Set(sites.map((site) => site.proxy))) {
      const after = proxy.stderr.all.filter((line) => /error|warn|reject|Listener/i.test(line));
      expect(after).toEqual([]);
      const { content } = await get(proxy.port, { path: "/__admin/metrics" });
      expect(content).toContain('caching_proxy_failures_total{cause="internal-error"} 0\n');
    }
  });
});

test("a kept-alive connection that closes as the request comes: GET is sent again, POST never", async () => {
  const { origin, proxy } = await scripted(shared, [KEPT_ALIVE_FAULT], "30s");
  const fields = { "x-fault": KEPT_ALIVE_FAULT.name };
  await get(proxy.port, { path: "/warm/1" });
  expect((await get(proxy.port, { path: "/a", fields })).content).toBe(GOOD);
  expect(origin.seen.filter((line) => line.startsWith("GET /a "))).toHaveLength(2);
  await get(proxy.port, { path: "/warm/2" });
  const posted = await get(proxy.port, { method: "POST", path: "/b", fields: { ...fields, "content-length": "0" } });
  expect(posted.status).toBe(502);
  expect(origin.seen.filter((line) => line.startsWith("POST /b "))).toHaveLength(1);
});
