import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import packageJson from "../../package.json" with { type: "json" };
import { serveFlags } from "../../src/config/flags.ts";
import { cleanup } from "../e2e/cleanup.ts";

const stack = cleanup();
const root = join(import.meta.dir, "../..");
const textOf = (path: string) => Bun.file(join(root, "examples", path)).text();

const known = Object.keys(serveFlags).map((name) => `CACHING_PROXY_${name.toUpperCase().replaceAll("-", "_")}`);

test.each([
  "systemd/caching-proxy.env",
  "container/Containerfile",
  "container/compose.yaml",
  "several-machines/compose.yaml",
])("%s sets what there is", async (path) => {
  const names = (await textOf(path)).match(/\bCACHING_PROXY_\w+/g) ?? [];
  expect(names.length).toBeGreaterThan(1);
  expect(names.filter((name) => !known.includes(name))).toEqual([]);
});

test("the container is built of what is there, by the Bun that is asked for", async () => {
  const lines = (await textOf("container/Containerfile")).split("\n");
  const copied = lines.flatMap((line) => /^COPY (?!--from)(.+) \S+$/.exec(line)?.[1]?.split(" ") ?? []);
  expect(copied).toContain("bun.lock");
  expect(copied.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  const [, version = ""] = /oven\/bun:(\S+)/.exec(lines.join("\n")) ?? [];
  expect(Bun.semver.satisfies(version, packageJson.engines.bun)).toBe(true);
});

// Only a system with systemd has it; it wants the program that a unit starts to be there.
test.skipIf(Bun.which("systemd-analyze") === null)("systemd has nothing against the unit", async () => {
  const folder = await mkdtemp(join(tmpdir(), "unit-"));
  stack.defer(() => rm(folder, { recursive: true }));
  const unit = join(folder, "caching-proxy.service");
  await Bun.write(
    unit,
    (await textOf("systemd/caching-proxy.service")).replace("=/usr/local/bin/caching-proxy\n", "=/bin/true\n"),
  );
  const child = Bun.spawn(["systemd-analyze", "verify", unit], { stdout: "pipe", stderr: "pipe" });
  const [out, errors, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  expect([out + errors, code]).toEqual(["", 0]);
});
