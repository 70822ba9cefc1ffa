import { afterEach, beforeAll, expect } from "bun:test";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { launch } from "./chromium.ts";

/** How long the page may take to come to what is waited for, on a machine that has other work to do. */
const PATIENCE_MS = 15_000;
const BETWEEN_LOOKS_MS = 20;

/** How a page is opened: what a browser can be told, and what it is expected to complain about. */
export type Opening = BrowserContextOptions & {
  /** Complaints that belong to what the test does, as a connection that is refused. */
  readonly expected?: RegExp;
};

export type Browsing = {
  /** Opens a URL in a window of its own with nothing remembered; it is closed after the test, which fails where anything went wrong in it. */
  readonly open: (url: string, opening?: Opening) => Promise<Page>;
};

/**
 * One headless Chromium for a test file, gone with its stack. Whatever a page complains about (an error, a breach of its own
 * Content-Security-Policy) or asks of another host fails the test that opened it.
 */
export function browsing(stack: AsyncDisposableStack): Browsing {
  const faults: string[] = [];
  let browser: Browser | undefined;

  beforeAll(async () => {
    browser = await launch();
    stack.defer(async () => browser?.close());
  });

  afterEach(async () => {
    await Promise.all(browser?.contexts().map((context) => context.close()) ?? []);
    expect(faults.splice(0)).toEqual([]);
  });

  return {
    open: async (url, { expected, ...options } = {}) => {
      if (browser === undefined) throw new Error("Chromium has not been started yet: open pages in tests.");
      const context = await browser.newContext({ reducedMotion: "reduce", ...options });
      context.setDefaultTimeout(PATIENCE_MS);
      const page = await context.newPage();
      const complain = (text: string): void => {
        if (expected?.test(text) !== true) faults.push(text);
      };
      page.on("pageerror", (error) => complain(`the page failed: ${error.message}`));
      page.on("console", (message) => {
        if (message.type() === "error" || message.type() === "warning")
          complain(`the page wrote: ${message.text()} (${message.location().url})`);
      });
      page.on("dialog", async (dialog) => {
        complain(`the page opened a dialog: ${dialog.message()}`);
        await dialog.dismiss();
      });
      const { host } = new URL(url);
      page.on("request", (request) => {
        const asked = new URL(request.url());
        if (/^(?:https?|wss?):$/.test(asked.protocol) && asked.host !== host) complain(`it asked ${asked.href}`);
      });
      await page.goto(url);
      return page;
    },
  };
}

/**
 * Looks again until what is read is as expected; fails with what was read last.
 * @param expected as for `toEqual`
 */
export async function settles(read: () => Promise<unknown>, expected: unknown): Promise<void> {
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    const found = await read();
    if (performance.now() > until || isLike(found, expected)) return expect(found).toEqual(expected);
    await Bun.sleep(BETWEEN_LOOKS_MS);
  }
}

function isLike(found: unknown, expected: unknown): boolean {
  try {
    expect(found).toEqual(expected);
    return true;
  } catch {
    return false;
  }
}
