import { beforeAll, expect, test } from "bun:test";
import type { Locator, Page } from "playwright-core";
import { cleanup } from "../e2e/cleanup.ts";
import { origin, type StubOrigin } from "../e2e/origin.ts";
import { ask, outcome, type RunningProxy, startProxy } from "../e2e/proxy.ts";
import { browsing, settles } from "./browser.ts";

const shared = cleanup();
const { open } = browsing(shared);
let stub: StubOrigin;
let proxy: RunningProxy;

beforeAll(async () => {
  stub = origin(shared, (request, count) => {
    const { pathname } = new URL(request.url);
    const headers = new Headers({
      "cache-control": "max-age=600",
      "content-type": "application/json",
      etag: `"${count}"`,
    });
    if (pathname.startsWith("/tagged/")) headers.set("cache-tag", "blue, green");
    if (pathname.startsWith("/varied/")) headers.set("vary", "accept-language");
    return new Response(JSON.stringify({ same: true, count }), { headers });
  });
  proxy = await startProxy(shared, stub.url, "--log off");
});

/** Has these stored, and opens the page on them. */
async function show(prefix: string, names: readonly string[]): Promise<Page> {
  for (const name of names) await outcome(proxy, prefix + name);
  const page = await open(`${proxy.url}/__admin/#/entries?prefix=${encodeURIComponent(prefix)}`);
  await page.getByRole("treegrid").waitFor();
  return page;
}

/** The line with that label. */
function line(page: Page, label: string): Locator {
  return page.getByRole("row").filter({ has: page.locator(".path-label").getByText(label, { exact: true }) });
}

async function labels(page: Page): Promise<string[]> {
  return page.locator(".path-label").allTextContents();
}

async function cells(row: Locator, ...columns: readonly string[]): Promise<(string | null)[]> {
  return Promise.all(columns.map((column) => row.locator(`[data-column="${column}"]`).textContent()));
}

const stored = async (path: string): Promise<boolean> => {
  const { entries } = JSON.parse(await (await ask(proxy, `/__admin/entries?url=${path}`)).text());
  return entries.length > 0;
};

test("entries are a tree of their paths, whose folders add up and fold", async () => {
  const page = await show("/tree/", ["a/1", "a/1", "a/2", "b", "c?page=1", "c?page=2"]);
  await settles(() => labels(page), ["/ everything", "tree/", "a/", "1", "2", "b", "c?", "page=1", "page=2"]);
  expect(await cells(line(page, "a/"), "count", "hits", "fresh")).toEqual(["2", "1", "all fresh"]);
  expect(await cells(line(page, "tree/"), "count", "hits")).toEqual(["5", "1"]);
  await line(page, "a/").click();
  await settles(() => labels(page), ["/ everything", "tree/", "a/", "b", "c?", "page=1", "page=2"]);
  await page.getByRole("button", { name: "Collapse all" }).click();
  await settles(() => labels(page), ["/ everything", "tree/"]);
  await page.getByRole("button", { name: "Expand all" }).click();
  await settles(async () => (await labels(page)).length, 9);
});

test("purges one entry after asking, and says how many went", async () => {
  const page = await show("/one/", ["1", "2"]);
  await page.getByRole("button", { name: "Purge /one/1" }).click();
  const dialog = page.getByRole("dialog", { name: "Purge /one/1" });
  await dialog.getByRole("button", { name: "Cancel" }).click();
  expect(await stored("/one/1")).toBe(true);
  await page.getByRole("button", { name: "Purge /one/1" }).click();
  await dialog.getByRole("button", { name: "Purge", exact: true }).click();
  await page.getByText("1 entry purged.").waitFor();
  expect([await stored("/one/1"), await stored("/one/2")]).toEqual([false, true]);
  await settles(() => line(page, "1").count(), 0);
});

test("marks a whole folder stale", async () => {
  const page = await show("/soft/", ["a/1", "a/2", "b"]);
  await page.getByRole("button", { name: "Purge /soft/a/", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Purge everything below /soft/a/" });
  await dialog.getByText("What the search or the filters hide goes, too.").waitFor();
  await dialog.getByRole("button", { name: "Mark stale" }).click();
  await page.getByText("2 entries marked stale.").waitFor();
  await settles(() => cells(line(page, "a/"), "fresh"), ["0 of 2 fresh"]);
  expect(await stored("/soft/a/1")).toBe(true);
  expect((await outcome(proxy, "/soft/a/1"))[0]).toBe("MISS");
  expect((await outcome(proxy, "/soft/b"))[0]).toBe("HIT");
});

test("refreshes one entry, and a whole folder after asking", async () => {
  const page = await show("/anew/", ["a/1", "a/2", "b"]);
  const asked = (path: string): number => stub.seen.filter((seen) => seen.path === path).length;
  await page.getByRole("button", { name: "Refresh /anew/b" }).click();
  await page.getByText(/^\/anew\/b was refreshed: 200/).waitFor();
  expect([asked("/anew/b"), asked("/anew/a/1")]).toEqual([2, 1]);
  expect(await outcome(proxy, "/anew/b")).toEqual(["HIT", '{"same":true,"count":2}']);
  await page.getByRole("button", { name: "Refresh /anew/a/", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Refresh /anew/a/" });
  await dialog.getByText("The origin is asked anew for 2 URLs.").waitFor();
  await dialog.getByRole("button", { name: "Refresh" }).click();
  await page.getByText("2 URLs refreshed.").waitFor();
  expect([asked("/anew/a/1"), asked("/anew/a/2")]).toEqual([2, 2]);
});

test("compares what is stored with what the origin answers now", async () => {
  const page = await show("/differs/", ["x"]);
  await line(page, "differs/x").click();
  await page.getByRole("button", { name: "Compare with live" }).click();
  const compared = page.getByRole("region", { name: "Stored against live" });
  await compared.getByText('−   "count": 1').waitFor();
  const lines = compared.getByRole("region", { name: "Content that differs" }).locator("> *");
  expect(await lines.allTextContents()).toEqual([
    "  {",
    '    "same": true,',
    '−   "count": 1',
    '+   "count": 2',
    "  }",
  ]);
  await compared.getByRole("row", { name: 'etag "1" "2"' }).waitFor();
  expect(await outcome(proxy, "/differs/x")).toEqual(["HIT", '{"same":true,"count":1}']);
});

test("the filter by tag leaves what has it, which can be purged together", async () => {
  await outcome(proxy, "/untagged");
  const page = await show("/tagged/", ["1", "2"]);
  await page.getByRole("searchbox", { name: /Search/ }).fill("");
  await line(page, "untagged").waitFor();
  await page.getByRole("combobox", { name: "Tag" }).fill("blue");
  await settles(() => labels(page), ["/ everything", "tagged/", "1", "2"]);
  await page.getByRole("button", { name: "Purge tag …" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Purge", exact: true }).click();
  await page.getByText("2 entries purged.").waitFor();
  await page.getByRole("heading", { name: "Nothing of that is stored" }).waitFor();
  expect(await stored("/untagged")).toBe(true);
});

test("the search finds a part of a path, and says where it finds nothing", async () => {
  const page = await show("/search/", ["apple", "pear"]);
  const search = page.getByRole("searchbox", { name: /Search/ });
  await search.fill("PEA");
  await settles(async () => (await labels(page)).includes("search/pear"), true);
  expect(await labels(page)).not.toContain("apple");
  await search.fill("no such thing");
  await page.getByRole("heading", { name: "Nothing of that is stored" }).waitFor();
});

test("details show each variant with its fields", async () => {
  await outcome(proxy, "/varied/x", { headers: { "accept-language": "de" } });
  const page = await show("/varied/", ["x"]);
  await line(page, "varied/x").click();
  const details = page.getByRole("complementary", { name: "Details of /varied/x" });
  await details.getByRole("heading", { name: "Variant 2 of 2" }).waitFor();
  const text = (await details.textContent()) ?? "";
  for (const part of ["accept-language: de", "no accept-language", "10 m, from max-age", "application/json"]) {
    expect(text).toContain(part);
  }
  await details.getByRole("button", { name: "Close details" }).click();
  expect(await details.count()).toBe(0);
});

test("a link to a URL shows it among what lies in its folder, whatever else is stored", async () => {
  for (let i = 0; i < 80; i++) await outcome(proxy, `/linked/to/${i}`);
  const page = await open(`${proxy.url}/__admin/#/entries?url=${encodeURIComponent("/linked/to/70")}`);
  await page.getByRole("complementary", { name: "Details of /linked/to/70" }).waitFor();
  await settles(() => page.locator("[aria-selected=true] .path-label").allTextContents(), ["70"]);
  expect(await page.getByRole("searchbox", { name: /Search/ }).inputValue()).toBe("/linked/to/");
});

test("works by keys alone", async () => {
  const page = await show("/keys/", ["a/1", "a/2", "b"]);
  const active = async (): Promise<string | null> => {
    const id = await page.getByRole("treegrid").getAttribute("aria-activedescendant");
    return page.locator(`[id="${id}"] .path-label`).textContent();
  };
  const press = async (...keys: readonly string[]): Promise<void> => {
    for (const key of keys) await page.keyboard.press(key);
  };
  await settles(() => labels(page), ["/ everything", "keys/", "a/", "1", "2", "b"]);
  await page.getByRole("button", { name: "Reload" }).focus();
  await press("Tab");
  await press("ArrowDown", "ArrowRight");
  await settles(active, "a/");
  await press("ArrowLeft");
  await settles(() => labels(page), ["/ everything", "keys/", "a/", "b"]);
  await press("ArrowRight", "ArrowRight", "ArrowDown");
  await settles(active, "2");
  await press("ArrowLeft");
  await settles(active, "a/");
  await press("End");
  await settles(active, "b");
  await press("Enter");
  await page.getByRole("complementary", { name: "Details of /keys/b" }).waitFor();
  await press("Escape", "Delete");
  await page.getByRole("dialog", { name: "Purge /keys/b" }).waitFor();
  await press("Escape");
  await settles(() => page.getByRole("dialog").count(), 0);
  expect(await stored("/keys/b")).toBe(true);
  await press("Delete", "Tab", "Tab", "Enter");
  await page.getByText("1 entry purged.").waitFor();
  expect(await stored("/keys/b")).toBe(false);
});
