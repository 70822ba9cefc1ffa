import { expect, test } from "bun:test";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import packageJson from "../../package.json" with { type: "json" };
import { cleanup } from "../e2e/cleanup.ts";
import { Lines } from "../e2e/lines.ts";
import { counted, origin } from "../e2e/origin.ts";
import { project } from "./packed.ts";

const stack = cleanup();
const api = origin(stack, { "/x": counted({ "cache-control": "max-age=60" }) });
const folder = await project(stack);
const empty = join(folder, "empty");
await mkdir(empty);
const [name = ""] = Object.keys(packageJson.bin);

/** The folder of the runtime comes first on the path, as `npx --package bun` has it. */
const env = { PATH: `${join(process.execPath, "..")}:${process.env.PATH}`, HOME: process.env.HOME ?? "" };

// --no-install: a registry may have something else by this name.
test.each([
  ["its file", [join(folder, "node_modules/.bin", name)]],
  ["bunx", [process.execPath, "x", "--no-install", name]],
  ["bun run", [process.execPath, "run", name]],
])("by %s the package's command serves, with the live page", async (_, command) => {
  const child = Bun.spawn([...command, "--port", "0", "--origin", api.url], {
    cwd: empty,
    env,
    stdout: "pipe",
    stderr: "pipe",
  });
  stack.defer(async () => {
    child.kill("SIGKILL");
    await child.exited;
  });
  const lines = new Lines(child.stderr);
  const url = (await lines.find((line) => line.includes("  listens on  "))).replace(/^.* /, "");
  expect(await lines.find((line) => line.includes("  clear  "))).toContain("bun run caching-proxy clear --port");
  expect((await fetch(`${url}/x`)).headers.get("x-cache")).toBe("MISS");
  expect((await fetch(`${url}/x`)).headers.get("x-cache")).toBe("HIT");
  const page = await fetch(`${url}/__admin/`);
  expect(page.status).toBe(200);
  expect(await page.text()).toContain("Why the origin was asked");
  await fetch(`${url}/__admin/clear-cache`, { method: "POST" });
  child.kill("SIGTERM");
  expect(await child.exited).toBe(0);
});
