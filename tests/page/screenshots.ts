/** Writes the pictures of the page that stand in the README, and in docs/page.md, of a run that takes a minute: `bun run screenshots`. */
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { origin } from "../e2e/origin.ts";
import { outcome, type RunningProxy, startProxy } from "../e2e/proxy.ts";
import { launch } from "./chromium.ts";

const folder = join(import.meta.dir, "../../docs/images");

/** Long enough for charts that show a minute. */
const RUN_MS = 65_000;
const TURN_MS = 100;

/** What a shop's API is asked for, how often among a hundred, and what its origin makes of it. */
const PATHS: readonly {
  readonly share: number;
  readonly path: (nth: number) => string;
  readonly method?: string;
  readonly ms: number;
  readonly status?: number;
  readonly headers: Readonly<Record<string, string>>;
}[] = [
  {
    share: 38,
    path: (n) => `/products/${n % 24}`,
    ms: 42,
    headers: { "cache-control": "max-age=30", "cache-tag": "products" },
  },
  {
    share: 16,
    path: (n) => `/products?category=${n % 4}&page=${n % 3}`,
    ms: 88,
    headers: { "cache-control": "max-age=8", etag: '"v7"' },
  },
  {
    share: 14,
    path: (n) => `/products/${n % 12}/reviews`,
    ms: 65,
    headers: { "cache-control": "max-age=4, stale-while-revalidate=60" },
  },
  {
    share: 12,
    path: (n) => `/images/${n % 9}.webp`,
    ms: 24,
    headers: { "cache-control": "public, max-age=86400, immutable" },
  },
  {
    share: 9,
    path: (n) => `/search?q=${["lamp", "desk", "chair"][n % 3]}&_t=${n}`,
    ms: 140,
    headers: { "cache-control": "max-age=60" },
  },
  { share: 6, path: () => "/cart", ms: 31, headers: { "cache-control": "private, no-store" } },
  { share: 3, path: () => "/orders", method: "POST", ms: 96, headers: {} },
  { share: 2, path: (n) => `/recommendations/${n % 40}`, ms: 210, status: 503, headers: { "retry-after": "5" } },
];

await using stack = new AsyncDisposableStack();
const proxy = await startProxy(stack, shop().url, "--log off");
const browser = await launch();
stack.defer(() => browser.close());
const light = await opened(browser, proxy, "light");
const dark = await opened(browser, proxy, "dark");
await ask(proxy);
await light.evaluate('location.hash = "#/overview"');
await light.getByRole("button", { name: "1 min" }).click();
await written(light, "page-light.png");
await light.evaluate('location.hash = "#/entries?url=/products/7"');
await light.getByRole("button", { name: "Compare with live" }).click();
await light.getByRole("region", { name: "Content that differs" }).waitFor();
await written(light, "page-entries.png");
await dark.evaluate('location.hash = "#/requests?filter=miss+or+stale"');
await dark.locator('.row:has-text("search"):has([data-outcome=miss])').first().click();
await dark.getByRole("heading", { name: "What may be done" }).waitFor();
await written(dark, "page-dark.png");

function shop() {
  return origin(stack, async (request, count) => {
    const { pathname, search } = new URL(request.url);
    const known = PATHS.find(({ path, method = "GET" }) => method === request.method && alike(path(0), pathname));
    if (known === undefined) return new Response(null, { status: 404 });
    await Bun.sleep(known.ms * (0.8 + (Bun.hash.crc32(pathname + search) % 40) / 100));
    if (request.headers.get("if-none-match") !== null)
      return new Response(null, { status: 304, headers: known.headers });
    const body = {
      path: pathname + search,
      stock: 400 - count,
      text: "so on ".repeat(80 + (Bun.hash.crc32(pathname) % 800)),
    };
    return Response.json(body, { status: known.status ?? 200, headers: known.headers });
  });
}

/** Whether two paths differ in numbers alone. */
function alike(a: string, b: string): boolean {
  const shape = (path: string): string => path.replace(/\?.*/, "").replaceAll(/\d+/g, "N");
  return shape(a) === shape(b);
}

/** Asks for the same in the same order each time, now more and now less of it. */
async function ask(of: RunningProxy): Promise<void> {
  const asked: Promise<unknown>[] = [];
  let seed = 1;
  const turns = RUN_MS / TURN_MS;
  for (let turn = 0; turn < turns; turn++) {
    for (let i = 0; i < 4 + 2.5 * Math.sin((turn / turns) * 9); i++) {
      seed = (seed * 48_271) % 2_147_483_647;
      const { path, method = "GET" } = chosen(seed % 100);
      asked.push(outcome(of, path(Math.floor(seed / 100)), { method }));
    }
    await Bun.sleep(TURN_MS);
  }
  await Promise.all(asked);
}

function chosen(percent: number) {
  let sum = 0;
  const found = PATHS.find(({ share }) => {
    sum += share;
    return percent < sum;
  });
  if (found === undefined) throw new Error(`The shares add up to ${sum}, not to a hundred.`);
  return found;
}

async function opened(of: Browser, { url }: RunningProxy, colorScheme: "light" | "dark"): Promise<Page> {
  const page = await of.newPage({ colorScheme, viewport: { width: 1280, height: 800 }, reducedMotion: "reduce" });
  await page.goto(`${url}/__admin/`);
  await page.getByText("Live", { exact: true }).waitFor();
  return page;
}

async function written(page: Page, name: string): Promise<void> {
  const path = join(folder, name);
  await page.screenshot({ path, animations: "disabled" });
  console.log(`${path}: ${Math.ceil(Bun.file(path).size / 1000)} kB`);
}
