import { expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { manifestOf, wantedBy } from "./example.ts";

const root = join(import.meta.dir, "../..");
const names = readdirSync(join(root, "examples")).filter((name) =>
  existsSync(join(root, "examples", name, "package.json")),
);

test.each(names)("%s is tested with the versions that it asks for", (name) => {
  const wanted = wantedBy(manifestOf(join(root, "examples", name)));
  const tested: Readonly<Record<string, string>> = { "caching-proxy": "file:../..", ...wantedBy(manifestOf(root)) };
  expect(Object.keys(wanted)).toContain("caching-proxy");
  for (const [dependency, version] of Object.entries(wanted)) {
    expect([dependency, version]).toEqual([dependency, tested[dependency] ?? "not installed here"]);
  }
});
