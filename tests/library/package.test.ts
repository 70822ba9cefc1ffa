import { expect, test } from "bun:test";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import packageJson from "../../package.json" with { type: "json" };
import { cleanup } from "../e2e/cleanup.ts";
import { project, root, runIn } from "../package/packed.ts";
import { examples } from "./examples.ts";

const stack = cleanup();

/** As `bun init` writes it, without what only a bundler looks at. */
const TSCONFIG = {
  compilerOptions: {
    ...{ lib: ["ESNext"], target: "ESNext", module: "Preserve", moduleResolution: "bundler", moduleDetection: "force" },
    ...{ types: ["bun"], allowImportingTsExtensions: true, verbatimModuleSyntax: true, noEmit: true },
    ...{ strict: true, skipLibCheck: true, noFallthroughCasesInSwitch: true, noUncheckedIndexedAccess: true },
    ...{ jsx: "react-jsx", allowJs: true, noImplicitOverride: true },
  },
  include: ["*.ts", "page/*.ts"],
};

const SUITE = `
import { afterAll, expect, test } from "bun:test";
import { createProxy, type Exchange } from "caching-proxy";

const proxy = await createProxy({ origin: "http://127.0.0.1:9", fixtures: "fixtures", frozen: true }).listen();
afterAll(async () => {
  expect(proxy.unrecorded()).toEqual([]);
  await proxy.close();
});

test("a product is shown", async () => {
  const product = await (await fetch(\`\${proxy.url}products/1\`)).json();
  expect(product).toEqual({ id: 1 });
  const passed: readonly Exchange[] = proxy.requests();
  expect(passed).toHaveLength(1);
  expect(passed[0]).toMatchObject({ outcome: "HIT", fixture: "products/1.json" });
});
`;

const MISTYPED = `
import { cachedFetch, createProxy, defineConfig } from "caching-proxy";
export default defineConfig({ ttl: "5m" });
export const own: typeof fetch = cachedFetch(fetch, { cache: "private", ttl: "5m" });
export const wrapped = cachedFetch((url, init) => fetch(url, { ...init, tls: { rejectUnauthorized: true } }));
export const mocked = cachedFetch(async (input: string | URL | Request) => new Response(String(input)));
createProxy({ ...defineConfig({ origin: "http://h", ttl: "5m" }), port: 0 });
// @ts-expect-error
cachedFetch(fetch, { origin: "http://h" });
// @ts-expect-error
createProxy({ origin: "http://h", frozn: true });
`;

test("a project that has the package imports it by its name, in tests and as types, and runs the command", async () => {
  const folder = await project(stack, ["@types/bun", "bun-types", "@types/node", "undici-types", "hono", "elysia"]);
  await mkdir(join(folder, "fixtures/products"), { recursive: true });
  await writeFile(join(folder, "fixtures/products/1.json"), '{ "id": 1 }');
  await writeFile(join(folder, "package.json"), '{ "name": "project", "type": "module" }');
  await writeFile(join(folder, "shop.test.ts"), SUITE);
  await writeFile(join(folder, "mistyped.ts"), MISTYPED);
  await mkdir(join(folder, "page"));
  for (const { name, text } of await examples())
    if (name.endsWith(".ts")) await writeFile(join(folder, "page", name), text);
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(TSCONFIG));
  await runIn(folder, [process.execPath, "test", "./shop.test.ts"]);
  expect(await runIn(folder, [process.execPath, "node_modules/caching-proxy/src/cli.ts", "--version"])).toBe(
    `caching-proxy ${packageJson.version}\n`,
  );
  expect(await runIn(folder, [join(root, "node_modules/.bin/tsc")])).toBe("");
});
