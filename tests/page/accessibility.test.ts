import { beforeAll, expect, test } from "bun:test";
import axe from "axe-core";
import type { BrowserContextOptions, Page } from "playwright-core";
import { cleanup } from "../e2e/cleanup.ts";
import { startRuled } from "../e2e/folder.ts";
import { counted, origin } from "../e2e/origin.ts";
import { outcome, type RunningProxy, startProxy } from "../e2e/proxy.ts";
import { browsing, settles } from "./browser.ts";

const shared = cleanup();
const { open } = browsing(shared);
let proxy: RunningProxy;

/** Longer than a narrow screen, with nowhere to break. */
const LONG = `/${"long".repeat(60)}`;

beforeAll(async () => {
  const fresh = counted({ "cache-control": "max-age=600", "cache-tag": "blue" });
  const paths = ["/a/1", "/a/2", "/b", LONG];
  const stub = origin(shared, {
    ...Object.fromEntries(paths.map((path) => [path, fresh])),
    "/stale": counted({ "cache-control": "max-age=0, stale-while-revalidate=600" }),
    "/private": counted({ "cache-control": "no-store" }),
  });
  const rules = [
    { match: `${LONG}/:id`, ttl: "1m" },
    { match: { path: "/a/*", host: "*" }, staleIfError: "1m" },
  ];
  proxy = await startRuled(shared, stub.url, rules, "--log off");
  for (const path of [...paths, ...paths, "/stale", "/stale", "/private", "/missing"]) await outcome(proxy, path);
  await outcome(proxy, "/a/1", { method: "POST" });
});

/** Each view as it is with something in it. */
const VIEWS: readonly (readonly [name: string, show: (page: Page) => Promise<void>])[] = [
  [
    "overview",
    async (page) => {
      await page.getByRole("heading", { name: "Hit ratio", level: 2 }).first().waitFor();
      await page.getByRole("region", { name: "Rules" }).waitFor();
    },
  ],
  [
    "requests",
    async (page) => {
      await page.getByRole("row").filter({ hasText: "/private" }).first().click();
      await page.getByRole("complementary").getByText("/private").first().waitFor();
    },
  ],
  [
    "entries",
    async (page) => {
      await page.getByRole("row").filter({ hasText: "long" }).click();
      await page.getByRole("heading", { name: "Stored response" }).waitFor();
    },
  ],
  [
    "entries?prefix=/b",
    async (page) => {
      await page.getByRole("button", { name: "Purge /b" }).click();
      await page.getByRole("dialog").waitFor();
    },
  ],
  ["why", (page) => page.getByRole("heading", { level: 1, name: "Why" }).waitFor({ state: "attached" })],
  ["health", (page) => page.getByRole("heading", { level: 1, name: "Health" }).waitFor({ state: "attached" })],
];

/** Opens the page, and what shows a view on it. */
async function opened(options: BrowserContextOptions): Promise<[Page, (view: string) => Promise<void>]> {
  const page = await open(`${proxy.url}/__admin/`, options);
  await page.getByText("Live", { exact: true }).waitFor();
  return [page, (view) => page.evaluate(`location.hash = "#/${view}"`)];
}

/** What axe finds that keeps somebody from using the page. */
async function barriers(page: Page, within = "html"): Promise<string[]> {
  if (!(await page.evaluate("'axe' in window"))) await page.evaluate(axe.source);
  const { violations }: axe.AxeResults = await page.evaluate(`axe.run("${within}", { resultTypes: ["violations"] })`);
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(
      ({ id, nodes }) =>
        `${id}: ${nodes.map(({ html, any }) => `${html} ${any.map(({ message }) => message).join()}`).join(" | ")}`,
    );
}

test.each(["light", "dark"] as const)("%s: axe finds no barrier in any view", async (colorScheme) => {
  const [page, goTo] = await opened({ colorScheme });
  for (const [view, show] of VIEWS) {
    await goTo(view);
    await show(page);
    expect([view, ...(await barriers(page))]).toEqual([view]);
    await page.keyboard.press("Escape");
  }
});

test.each(["light", "dark"] as const)(
  "%s: each outcome can be read on a line that is selected",
  async (colorScheme) => {
    const [page, goTo] = await opened({ colorScheme });
    await goTo("requests");
    for (const outcome of ["miss", "hit", "stale", "bypass"]) {
      await page.locator(`.row:has([data-outcome=${outcome}])`).first().click();
      expect([outcome, ...(await barriers(page, "[aria-selected=true]"))]).toEqual([outcome]);
    }
  },
);

test("a narrow screen shows every view without scrolling sideways", async () => {
  const [page, goTo] = await opened({ viewport: { width: 400, height: 800 } });
  const wider = `[...document.querySelectorAll("html, body, main, .grid, aside, dialog")]
    .filter((element) => element.scrollWidth > element.clientWidth).map((element) => element.outerHTML.slice(0, 80))`;
  for (const [view, show] of VIEWS) {
    await goTo(view);
    await show(page);
    expect([view, await page.evaluate(wider)]).toEqual([view, []]);
    await page.keyboard.press("Escape");
    await page.evaluate("document.querySelector('[aria-label^=Close]')?.click()");
  }
});

test("without a connection nothing keeps anybody from using it either", async () => {
  const gone = await startProxy(shared, "http://127.0.0.1:9", "--log off");
  const page = await open(`${gone.url}/__admin/#/requests`, { expected: /ERR_/ });
  await page.getByText("Live", { exact: true }).waitFor();
  gone.signal("SIGTERM");
  await page.getByText(/Disconnected since/).waitFor();
  expect(await barriers(page)).toEqual([]);
});

test("every view is reached and used by keys", async () => {
  const page = await open(`${proxy.url}/__admin/`);
  await page.getByText("Live", { exact: true }).waitFor();
  const focused = () => page.evaluate("document.activeElement?.textContent?.trim()");
  const pressUntil = async (key: string, text: string): Promise<void> => {
    for (let i = 0; i < 20 && (await focused()) !== text; i++) await page.keyboard.press(key);
    expect(await focused()).toBe(text);
  };
  await pressUntil("Tab", "Requests");
  await page.keyboard.press("Enter");
  const list = page.getByRole("grid", { name: "Exchanges, newest first" });
  await list.waitFor();
  for (let i = 0; i < 20 && (await page.evaluate("document.activeElement?.role")) !== "grid"; i++) {
    await page.keyboard.press("Tab");
  }
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await settles(() => list.locator("[aria-selected=true]").getAttribute("aria-rowindex"), "3");
  const details = page.getByRole("complementary", { name: "The selected exchange" });
  await details.waitFor();
  await page.keyboard.press("Escape");
  await settles(() => details.count(), 0);
});
