import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { cleanup } from "../e2e/cleanup.ts";
import { xCache } from "../e2e/proxy.ts";
import { example, urlOf } from "./example.ts";

const shared = cleanup();

test("a Vite app's dev server before the proxy: the second answer is a HIT, and without the API there is one still", async () => {
  const { run, folder } = example(shared, "vite");
  const api = run("api", { API_PORT: "0" });
  const origin = await urlOf(api);
  const dev = async () => {
    const command = run("dev", { CACHING_PROXY_ORIGIN: origin }, "--port", "0");
    return { command, site: await urlOf(command) };
  };
  const products = async (site: string) => {
    const response = await fetch(`${site}/api/products`);
    return [xCache(response), await response.json()];
  };
  const list = [{ title: "Mascara" }, { title: "Perfume" }];

  const first = await dev();
  expect(await (await fetch(first.site)).text()).toContain('<ul id="products">');
  expect(await (await fetch(`${first.site}/main.js`)).text()).toContain("/api/products");
  expect(await products(first.site)).toMatchObject(["MISS", list]);
  expect(await products(first.site)).toMatchObject(["HIT", list]);

  for (const command of [first.command, api]) {
    command.signal("SIGTERM");
    await Promise.all([command.exited, command.stdout.ended, command.stderr.ended]);
  }
  expect(existsSync(join(folder, "fixtures/api/products.http"))).toBe(true);
  const second = await dev();
  expect(await products(second.site)).toMatchObject(["HIT", list]);
});
