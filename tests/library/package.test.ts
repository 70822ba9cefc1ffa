import { expect, test } from "bun:test";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import packageJson from "../../package.json" with { type: "json" };
import { cleanup } from "../e2e/cleanup.ts";

const stack = cleanup();
const root = join(import.meta.dir, "../..");

/** A project that has the packed package, and of other packages what it depends on. */
async function project(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "project-"));
  stack.defer(() => rm(folder, { recursive: true }));
  await run(root, [process.execPath, "pm", "pack", "--quiet", "--ignore-scripts", "--destination", folder]);
  const modules = join(folder, "node_modules");
  const unpacked = join(modules, packageJson.name);
  await mkdir(unpacked, { recursive: true });
  const archive = join(folder, `${packageJson.name}-${packageJson.version}.tgz`);
  await run(folder, ["tar", "-xzf", archive, "-C", unpacked, "--strip-components=1"]);
  for (const name of [
    ...Object.keys(packageJson.dependencies),
    "@types/bun",
    "bun-types",
    "@types/node",
    "undici-types",
  ]) {
    await mkdir(dirname(join(modules, name)), { recursive: true });
    await symlink(join(root, "node_modules", name), join(modules, name));
  }
  return folder;
}

async function run(cwd: string, command: readonly string[]): Promise<string> {
  const env = { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "" };
  const child = Bun.spawn([...command], { cwd, env, stdout: "pipe", stderr: "pipe" });
  const [out, errors, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  if (code !== 0) throw new Error(`${command.join(" ")} ended with ${code}:\n${out}${errors}`);
  return out;
}

/** As `bun init` writes it, without what only a bundler looks at. */
const TSCONFIG = {
  compilerOptions: {
    ...{ lib: ["ESNext"], target: "ESNext", module: "Preserve", moduleResolution: "bundler", moduleDetection: "force" },
    ...{ types: ["bun"], allowImportingTsExtensions: true, verbatimModuleSyntax: true, noEmit: true },
    ...{ strict: true, skipLibCheck: true, noFallthroughCasesInSwitch: true, noUncheckedIndexedAccess: true },
    ...{ jsx: "react-jsx", allowJs: true, noImplicitOverride: true },
  },
  include: ["*.ts"],
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
import { createProxy, defineConfig } from "caching-proxy";
export default defineConfig({ ttl: "5m" });
// @ts-expect-error
createProxy({ origin: "http://h", frozn: true });
`;

test("a project that has the package imports it by its name, in tests and as types, and runs the command", async () => {
  const folder = await project();
  await mkdir(join(folder, "fixtures/products"), { recursive: true });
  await writeFile(join(folder, "fixtures/products/1.json"), '{ "id": 1 }');
  await writeFile(join(folder, "package.json"), '{ "name": "project", "type": "module" }');
  await writeFile(join(folder, "shop.test.ts"), SUITE);
  await writeFile(join(folder, "mistyped.ts"), MISTYPED);
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(TSCONFIG));
  await run(folder, [process.execPath, "test"]);
  expect(await run(folder, [process.execPath, "node_modules/caching-proxy/src/cli.ts", "--version"])).toBe(
    `caching-proxy ${packageJson.version}\n`,
  );
  expect(await run(folder, [join(root, "node_modules/.bin/tsc")])).toBe("");
});
