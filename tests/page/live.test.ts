import { expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { cleanup } from "../e2e/cleanup.ts";
import { counted, origin } from "../e2e/origin.ts";
import { outcome, runCommand, startProxy } from "../e2e/proxy.ts";
import { browsing, settles } from "./browser.ts";

const shared = cleanup();
const { open } = browsing(shared);

const stub = () =>
  origin(shared, {
    "/a": counted({ "cache-control": "max-age=600" }),
    "/private": counted({ "cache-control": "no-store" }),
    "/slow": async () => {
      await Bun.sleep(1200);
      return new Response("slow", { headers: { "cache-control": "max-age=600" } });
    },
  });

/** What a tile of the overview says. */
async function tile(page: Page, name: string): Promise<string | null> {
  const heading = page.getByRole("heading", { name, exact: true });
  return page.locator(".tile").filter({ has: heading }).locator(".tile-value").textContent();
}

function requests(page: Page) {
  return page.getByRole("grid", { name: "Exchanges, newest first" }).locator(".grid-rows").getByRole("row");
}

test("numbers move when requests come", async () => {
  const proxy = await startProxy(shared, stub().url, "--log off");
  const page = await open(`${proxy.url}/__admin/`);
  await settles(() => tile(page, "Hit ratio"), "–");
  for (let i = 0; i < 4; i++) await outcome(proxy, "/a");
  await settles(() => Promise.all([tile(page, "Hit ratio"), tile(page, "Calls saved")]), ["75 %", "3"]);
  for (let i = 0; i < 4; i++) await outcome(proxy, "/private");
  await settles(() => tile(page, "Hit ratio"), "37.5 %");
  // Far slower than a hit, so that the axis of a chart has decades to leave out.
  await outcome(proxy, "/slow");
  await settles(() => tile(page, "Hit ratio"), "33.3 %");
});

test("requests appear while they come, and say why they were no hit", async () => {
  const proxy = await startProxy(shared, stub().url, "--log off");
  const page = await open(`${proxy.url}/__admin/#/requests`);
  await page.getByRole("heading", { name: "No requests yet" }).waitFor();
  for (const path of ["/a", "/a", "/private"]) await outcome(proxy, path);
  const outcomes = () => requests(page).locator('[data-column="outcome"]').allTextContents();
  await settles(outcomes, ["miss", "hit", "miss"]);
  await requests(page).first().click();
  const details = page.getByRole("complementary", { name: "The selected exchange" });
  await details.getByText("GET /private").waitFor();
  expect(await details.textContent()).toContain("no-store");
  await page.getByRole("button", { name: "Pause" }).click();
  await outcome(proxy, "/a");
  await page.getByRole("button", { name: "Paused, 1 more" }).click();
  await settles(outcomes, ["hit", "miss", "hit", "miss"]);
});

test("the filter leaves what it wants, of what was there and of what comes, and says what it cannot read", async () => {
  const proxy = await startProxy(shared, stub().url, "--log off");
  for (const path of ["/a", "/a", "/private", "/missing"]) await outcome(proxy, path);
  const page = await open(`${proxy.url}/__admin/#/requests`);
  await settles(() => requests(page).count(), 4);
  const paths = () => requests(page).locator('[data-column="path"]').allTextContents();
  const filter = page.getByRole("combobox", { name: "Filter of exchanges" });
  await filter.fill("hit or status>=400");
  await settles(paths, ["/missing", "/a"]);
  await outcome(proxy, "/a");
  await outcome(proxy, "/private");
  await settles(paths, ["/a", "/missing", "/a"]);
  await filter.fill("hit or statis>=400");
  await page
    .getByRole("alert")
    .getByText(/statis/)
    .waitFor();
  expect(await filter.getAttribute("aria-invalid")).toBe("true");
  // The last that could be read holds until then.
  expect(await paths()).toEqual(["/a", "/missing", "/a"]);
  await filter.fill("method=POST");
  await page.getByRole("heading", { name: "Nothing matches the filter yet" }).waitFor();
  expect(page.url()).toEndWith("#/requests?filter=method%3DPOST");
});

test("hands over a curl line that asks for the same, and an archive of what is listed", async () => {
  const proxy = await startProxy(shared, stub().url, "--log off");
  for (const path of ["/a", "/a?q='x y'&z", "/private"]) await outcome(proxy, path);
  const page = await open(`${proxy.url}/__admin/#/requests`, { permissions: ["clipboard-read", "clipboard-write"] });
  await requests(page).filter({ hasText: "z" }).click();
  await page.getByRole("button", { name: "Copy as curl" }).click();
  await page.getByRole("button", { name: "Copied" }).waitFor();
  const line = String(await page.evaluate("navigator.clipboard.readText()"));
  // What a shell makes of it, whether there is a curl or not.
  const words = Bun.spawnSync(["sh", "-c", `curl() { printf '%s\\n' "$@"; }; ${line}`]);
  const url = words.stdout.toString().trim().split("\n").at(-1) ?? "";
  expect(url).toStartWith(proxy.url);
  expect((await outcome(proxy, url.slice(proxy.url.length)))[0]).toBe("HIT");
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download HAR" }).click();
  const { log } = await Bun.file(await (await download).path()).json();
  expect(log.entries.map(({ request }: { request: { url: string } }) => request.url.slice(proxy.url.length))).toEqual(
    expect.arrayContaining(["/a", "/private"]),
  );
});

test("a secret in a URL is not on the screen, while what leads on from there has the URL as it was", async () => {
  const proxy = await startProxy(shared, stub().url, "--log off");
  await outcome(proxy, "/a?api_key=s3cr3t&page=2");
  const page = await open(`${proxy.url}/__admin/#/requests`, { permissions: ["clipboard-read", "clipboard-write"] });
  await requests(page).filter({ hasText: "/a?api_key=***&page=2" }).click();
  await page.getByRole("complementary").getByText("GET /a?api_key=***&page=2").waitFor();
  await page.getByText("What would happen now").waitFor();
  expect(await page.locator(".details .details-path, .details .facts, .grid-rows").allTextContents()).not.toContain(
    expect.stringContaining("s3cr3t"),
  );
  await page.getByRole("button", { name: "Copy URL" }).click();
  await page.getByRole("button", { name: "Copied" }).waitFor();
  expect(String(await page.evaluate("navigator.clipboard.readText()"))).toEndWith("/a?api_key=s3cr3t&page=2");
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download HAR" }).click();
  expect(await Bun.file(await (await download).path()).text()).not.toContain("s3cr3t");
  await page.getByRole("link", { name: "What is stored" }).click();
  await page.getByText("api_key=s3cr3t").first().waitFor();
});

test("a dropped connection is told of, and recovers", async () => {
  const upstream = stub();
  const proxy = await startProxy(shared, upstream.url, "--log off");
  const page = await open(`${proxy.url}/__admin/#/requests`, {
    expected: /ERR_(?:CONNECTION_REFUSED|INCOMPLETE_CHUNKED_ENCODING|CONNECTION_RESET)/,
  });
  await outcome(proxy, "/a");
  await settles(() => requests(page).count(), 1);
  proxy.signal("SIGTERM");
  await proxy.exited;
  await page.getByText(/Disconnected since/).waitFor();
  // What was there is still shown.
  expect(await requests(page).count()).toBe(1);
  const again = runCommand(shared, ["--port", String(proxy.port), "--origin", upstream.url, "--log", "off"]);
  await again.stderr.find((text) => text.includes("  listens on  "));
  // It may be back by itself before anybody has pressed that.
  const pressed = page.getByRole("button", { name: "Try now" }).click({ timeout: 2000 });
  await pressed.catch(() => page.getByText(/Disconnected since/).waitFor({ state: "hidden" }));
  await page.getByText("Live", { exact: true }).waitFor();
  await outcome(proxy, "/a");
  await settles(() => requests(page).count(), 2);
  expect(await page.getByText(/Disconnected since/).count()).toBe(0);
});

test("asks for the token where the proxy wants one, keeps it for the tab, and says where it is wrong", async () => {
  const proxy = await startProxy(shared, stub().url, "--log off --admin-token s3cret");
  const page = await open(`${proxy.url}/__admin/#/entries`, { expected: /401 \(Unauthorized\)/ });
  await outcome(proxy, "/a");
  const token = page.getByLabel("Admin token");
  await token.fill("wrong");
  await page.keyboard.press("Enter");
  await page.getByText("The proxy does not accept this token.").waitFor();
  await token.fill("s3cret");
  await page.keyboard.press("Enter");
  await page.getByText("Live", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Purge /a" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Purge", exact: true }).click();
  await page.getByText("1 entry purged.").waitFor();
  await page.reload();
  await page.getByText("Live", { exact: true }).waitFor();
  expect(page.url()).not.toContain("s3cret");
});
