import { expect, test } from "bun:test";
import { join } from "node:path";
import packageJson from "../../package.json" with { type: "json" };
import { root } from "./packed.ts";

const NAMES = [...new Set([packageJson.name, "caching-proxy"])].map(RegExp.escape).join("|");
const FLAGS = "(?:-\\S+ +)*";

/** A command that would fetch what a registry has by our name, which is somebody else's. */
const FROM_REGISTRY = new RegExp(
  [
    `(?:npm|pnpm|yarn|bun) +(?:i|install|add) +${FLAGS}(?:${NAMES})(?!@file:|@\\$PWD/|@/|\\.tgz|-\\d|[\\w/])`,
    `(?:bunx|npx|pnpx|bun +x|npm +exec) +${FLAGS}(?:${NAMES})(?!@file:|@\\$PWD/|@/|[\\w/])`,
  ].join("|"),
  "g",
);
const PATTERNS = ["*.md", "docs/**/*.md", "examples/**/*.{md,sh,json,ts}", "src/**/*.{ts,tsx}", "scripts/*.ts"];
const files = PATTERNS.flatMap((pattern) => [...new Bun.Glob(pattern).scanSync(root)])
  .filter((file) => !file.includes("node_modules/"))
  .sort();

async function found(pattern: RegExp): Promise<string[]> {
  const all: string[] = [];
  for (const file of files) {
    const text = await Bun.file(join(root, file)).text();
    for (const [match] of text.matchAll(pattern)) if (!match.includes(" --no-install ")) all.push(`${file}: ${match}`);
  }
  return all;
}

test("nothing we write sends anybody to a registry's package of our name", async () => {
  expect(await found(FROM_REGISTRY)).toEqual([]);
});

test.each([
  ["npm install caching-proxy", true],
  ["bun add --dev caching-proxy", true],
  ["bunx caching-proxy --origin http://h", true],
  ["npx --yes caching-proxy", true],
  ["bun add --dev caching-proxy@file:../caching-proxy", false],
  ["bunx caching-proxy@$PWD/caching-proxy-0.1.0.tgz", false],
  ["npx --package ./caching-proxy-0.1.0.tgz --package bun@1.4.5 caching-proxy", false],
  ["bun run caching-proxy", false],
])("%s: %p", (command, refused) => {
  expect(command.match(FROM_REGISTRY) !== null).toBe(refused);
});

test("what we show imports the package by the name that package.json gives it", async () => {
  const imports = await found(/(?:from|import) ?\(?"[\w@/-]*caching-proxy"/g);
  expect(imports.length).toBeGreaterThan(5);
  expect(imports.filter((line) => !line.endsWith(`"${packageJson.name}"`))).toEqual([]);
});
