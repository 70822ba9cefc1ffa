import { expect, test } from "bun:test";
import { cleanup } from "../e2e/cleanup.ts";
import { startRuled } from "../e2e/folder.ts";
import { inLane } from "../e2e/lanes.ts";
import { counted, origin } from "../e2e/origin.ts";
import { startProxy } from "../e2e/proxy.ts";
import { browsing, settles } from "./browser.ts";

const shared = cleanup();
const { open } = browsing(shared);

test("the scenario of each lane is seen and switched on the page", async () => {
  const stub = origin(shared, counted({ "cache-control": "max-age=60" }));
  const rules = [{ match: "/x", scenario: "outage", response: { status: 503, body: "down" } }];
  const proxy = await startRuled(shared, stub.url, rules, "--log off");
  await inLane(proxy, "test1", "/x");
  const page = await open(`${proxy.url}/__admin/#/overview`);
  const scenario = page.getByRole("combobox", { name: "Scenario of test1" });
  const choose = async (name: string) => {
    const answered = page.waitForResponse((response) => response.url().endsWith("/scenario"));
    await scenario.selectOption(name);
    expect((await answered).status()).toBe(200);
  };
  await choose("outage");
  expect((await inLane(proxy, "test1", "/x"))[1]).toBe("down");
  expect((await inLane(proxy, "", "/x"))[1]).toBe("1");
  await choose("none");
  expect((await inLane(proxy, "test1", "/x"))[1]).toBe("1");
});

test("nothing is shown of lanes where nothing could be switched", async () => {
  const stub = origin(shared, counted({ "cache-control": "max-age=60" }));
  const proxy = await startProxy(shared, stub.url, "--log off");
  const page = await open(`${proxy.url}/__admin/#/overview`);
  // The page has asked, whenever that was.
  const asked = () => page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => name));
  await settles(async () => (await asked()).some((name) => name.endsWith("/lanes")), true);
  await page.getByRole("heading", { name: "Over time" }).waitFor();
  expect(await page.getByRole("region", { name: "Lanes" }).count()).toBe(0);
});
