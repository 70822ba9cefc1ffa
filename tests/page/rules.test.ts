import { expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { cleanup } from "../e2e/cleanup.ts";
import { startRuled } from "../e2e/folder.ts";
import { counted, origin } from "../e2e/origin.ts";
import { outcome, startProxy } from "../e2e/proxy.ts";
import { browsing, settles } from "./browser.ts";

const shared = cleanup();
const { open } = browsing(shared);

const rows = (page: Page): Promise<readonly string[]> =>
  page.getByRole("region", { name: "Rules" }).locator("tbody tr").allInnerTexts();

test("rules are listed with how often they counted, while requests come and when they are replaced", async () => {
  const upstream = origin(shared, () => new Response("a", { headers: { "cache-control": "max-age=60" } }));
  const proxy = await startRuled(shared, upstream.url, [
    { match: "GET /a", ttl: "1m", response: { headers: { "x-a": "1" } } },
    { match: "/<b>", scenario: "slow", delay: "1s" },
  ]);
  const page = await open(`${proxy.url}/__admin/`);
  await settles(
    () => rows(page),
    ["rules[0]\tGET /a\tnever\tttl, response.headers.x-a", "rules[1]\t/<b> in scenario slow\tnever\tdelay"],
  );
  for (let i = 0; i < 3; i++) await outcome(proxy, "/a");
  await settles(
    () => rows(page),
    ["rules[0]\tGET /a\t3\tttl (1), response.headers.x-a", "rules[1]\t/<b> in scenario slow\tnever\tdelay"],
  );
  await proxy.rewrite(JSON.stringify({ rules: [{ bandwidth: "1mb/s" }] }));
  await settles(() => rows(page), ["rules[0]\t*\tnever\tbandwidth"]);
});

test("what the origin says of its quota is shown once it does, and what was spared", async () => {
  let answers = 0;
  const upstream = origin(shared, {
    "/plain": counted({ "cache-control": "no-store" }),
    "/counted": () => {
      const fields = { "cache-control": "max-age=0", "ratelimit-policy": '"hourly";q=3;w=3600' };
      const left = { ...fields, ratelimit: `"hourly";r=${answers++ === 0 ? 2 : 0};t=3000` };
      return answers === 1
        ? new Response("a", { headers: { ...left, etag: '"a"' } })
        : new Response("no", { status: 429, headers: { ...left, "retry-after": "3000" } });
    },
  });
  const proxy = await startProxy(shared, upstream.url, "--log off");
  const page = await open(`${proxy.url}/__admin/#/health`);
  await outcome(proxy, "/plain");
  await page.getByText("All is well").waitFor();
  const card = page.locator("section.store").filter({ has: page.getByRole("heading", { name: /quota/ }) });
  expect(await card.count()).toBe(0);
  expect(await page.getByRole("region", { name: "Rules" }).count()).toBe(0);
  await outcome(proxy, "/counted");
  const facts = async (): Promise<readonly string[]> => (await card.locator("dt, dd").allInnerTexts()).slice(0, 6);
  await settles(facts, ["Left", "2", "Of", "3", "Policy", "hourly"]);
  expect(await card.getByRole("meter").getAttribute("aria-valuenow")).toBe("67");
  expect((await outcome(proxy, "/counted"))[0]).toBe("STALE");
  await page.getByText(/The origin refuses to be asked until \d\d:\d\d:\d\d/).waitFor();
  await settles(
    async () => (await card.locator("dt, dd").allInnerTexts()).slice(-4),
    [...["Not sent or refused", "1", "Spaced out", "0"]],
  );
});
