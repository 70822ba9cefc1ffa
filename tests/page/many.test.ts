import { expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { cleanup } from "../e2e/cleanup.ts";
import { counted, origin } from "../e2e/origin.ts";
import { outcome, type RunningProxy, startProxy } from "../e2e/proxy.ts";
import { browsing, settles } from "./browser.ts";

const shared = cleanup();
const { open } = browsing(shared);

/** However many there are, the page makes no more lines than a screen shows and a few beyond its edges. */
const MOST_LINES = 60;
const AT_ONCE = 32;

async function askForAll(proxy: RunningProxy, paths: readonly string[]): Promise<void> {
  const left = paths.values();
  const work = async (): Promise<void> => {
    for (const path of left) await outcome(proxy, path);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

function lines(page: Page): Promise<number> {
  return page.locator(".grid-rows [role=row]").count();
}

const start = () => startProxy(shared, origin(shared, counted({ "cache-control": "max-age=600" })).url, "--log off");

test("of 10,000 entries the page makes no more lines than are visible, wherever one looks", async () => {
  const proxy = await start();
  await askForAll(
    proxy,
    Array.from({ length: 10_000 }, (_, i) => `/shop/${i % 10}/items/${i}`),
  );
  const page = await open(`${proxy.url}/__admin/#/entries`);
  await page.getByText(/^10k entries/).waitFor();
  await page.getByRole("button", { name: "Expand all" }).click();
  const tree = page.getByRole("treegrid");
  await settles(() => tree.getAttribute("aria-rowcount"), String(1 + 1 + 1 + 10 + 10_000));
  expect(await lines(page)).toBeLessThanOrEqual(MOST_LINES);
  await tree.focus();
  await page.keyboard.press("End");
  await tree.getByText("9999", { exact: true }).waitFor();
  expect(await lines(page)).toBeLessThanOrEqual(MOST_LINES);
  await tree.hover();
  await page.mouse.wheel(0, -150_000);
  await settles(() => page.locator("[aria-level='4']").first().isVisible(), true);
  expect(await lines(page)).toBeLessThanOrEqual(MOST_LINES);
});

test("hundreds of requests a second come in batches, and the list stays as long as the screen", async () => {
  const proxy = await start();
  const page = await open(`${proxy.url}/__admin/#/requests`);
  await page.getByText("Live", { exact: true }).waitFor();
  // How often the list changes, in which each change is a turn of the page.
  await page.evaluate(`
    window.turns = 0;
    new MutationObserver(() => window.turns++).observe(document.querySelector("main"), { childList: true, subtree: true });
  `);
  const count = 1000;
  await askForAll(
    proxy,
    Array.from({ length: count }, (_, i) => `/busy/${i}`),
  );
  // What came faster than is told is counted.
  const seen = async (): Promise<number> => {
    const [told = "", leftOut = "0"] = ((await page.locator(".toolbar-count").textContent()) ?? "").split(" · ");
    return Number(told.replace(",", "").replace(" exchanges", "")) + Number.parseInt(leftOut, 10);
  };
  await settles(seen, count);
  expect(await lines(page)).toBeLessThanOrEqual(MOST_LINES);
  expect(Number(await page.evaluate("window.turns"))).toBeLessThan(count / 4);
});
