import { expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { cleanup } from "../e2e/cleanup.ts";
import { origin } from "../e2e/origin.ts";
import { outcome, startProxy } from "../e2e/proxy.ts";
import { browsing, settles } from "./browser.ts";

const shared = cleanup();
const { open } = browsing(shared);

const MARKUP = '<img src=x onerror="alert(1)"><script>alert(1)</script><svg onload=alert(1)>';
/** What of it stays as it is in a path and in a query. */
const IN_PATH = "/'-alert(1)-'/javascript:alert(1)/</script>";
const IN_QUERY = `?<img/src=x/onerror=alert(1)>='"><svg/onload=alert(1)>`;

/** What would be there if any of it had become more than text. */
async function madeOfIt(page: Page): Promise<number> {
  return page
    .locator("#page")
    .locator("img, script, svg[onload], iframe, object, [onerror], [href^='javascript:']")
    .count();
}

test("path, query, header fields, tags and content stay text, wherever they are shown", async () => {
  const stub = origin(shared, (_, count) => {
    const fields = {
      "x-note": MARKUP,
      etag: `"${MARKUP.replaceAll('"', "'")}"`,
      "cache-tag": `${MARKUP} blue`,
      vary: "accept-language",
    };
    const body = `{"markup":${JSON.stringify(MARKUP)},"count":${count}}`;
    return new Response(body, { headers: { ...fields, "cache-control": "max-age=600", "content-type": "text/html" } });
  });
  const proxy = await startProxy(shared, stub.url, "--log off");
  const path = IN_PATH + IN_QUERY;
  for (let i = 0; i < 2; i++) await outcome(proxy, path, { headers: { "accept-language": MARKUP } });
  const page = await open(`${proxy.url}/__admin/#/overview`);
  await page.getByText("Live", { exact: true }).waitFor();
  const links = page.getByRole("navigation", { name: "Views" }).getByRole("link");

  await links.getByText("Requests").click();
  await page.getByRole("row").filter({ hasText: "alert(1)" }).first().click();
  const exchange = page.getByRole("complementary", { name: "The selected exchange" });
  await exchange.getByText("'-alert(1)-'").first().waitFor();
  expect(await madeOfIt(page)).toBe(0);

  await exchange.getByRole("link", { name: "What is stored" }).click();
  const details = page.getByRole("complementary", { name: /^Details of/ });
  await details.getByRole("heading", { name: "Stored response" }).waitFor();
  const shown = await details.textContent();
  expect(shown).toContain(`x-note${MARKUP}`);
  expect(shown).toContain(`accept-language: ${MARKUP}`);
  await details.getByRole("button", { name: "Compare with live" }).click();
  await details.getByRole("region", { name: "Content that differs" }).getByText("onerror").first().waitFor();
  expect(await madeOfIt(page)).toBe(0);
  await details.getByRole("button", { name: "Purge …" }).click();
  await page
    .getByRole("dialog", { name: /^Purge .*alert/ })
    .getByRole("button", { name: "Cancel" })
    .click();
  await details.getByRole("button", { name: "blue" }).click();

  for (const view of ["Why", "Health", "Overview"]) {
    await links.getByText(view).click();
    await page.getByRole("heading", { level: 1, name: view }).waitFor({ state: "attached" });
    expect(await madeOfIt(page)).toBe(0);
  }
});

test("the page's own policy would stop what became markup all the same, and whatever would leave for another host", async () => {
  const proxy = await startProxy(shared, origin(shared, {}).url, "--log off");
  const page = await open(`${proxy.url}/__admin/`, {
    expected: /Content Security Policy|requires 'Trusted|127\.0\.0\.2/,
  });
  await page.getByText("Live", { exact: true }).waitFor();
  await page.evaluate(`
    window.stopped = [];
    addEventListener("securitypolicyviolation", ({ effectiveDirective }) => stopped.push(effectiveDirective));
  `);
  const attempts = [
    ["document.body.innerHTML = '<p>markup</p>'", "require-trusted-types-for"],
    ["document.createElement('script').textContent = 'alert(1)'", "require-trusted-types-for"],
    ["document.body.append(Object.assign(document.createElement('style'), { textContent: '* {}' }))", "style-src-elem"],
    ["new Image().src = 'http://127.0.0.2:9/'", "img-src"],
    ["fetch('http://127.0.0.2:9/')", "connect-src"],
  ];
  for (const [attempt] of attempts) await page.evaluate(`(async () => ${attempt})().catch(String)`);
  await settles(
    () => page.evaluate("stopped"),
    attempts.map(([, directive]) => directive),
  );
});
