import { expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cleanup } from "../e2e/cleanup.ts";
import { packed, root, runIn } from "./packed.ts";

const stack = cleanup();

test("the package holds what runs, and no more", async () => {
  const folder = await mkdtemp(join(tmpdir(), "packed-"));
  stack.defer(() => rm(folder, { recursive: true }));
  const files = (await runIn(folder, ["tar", "-tzf", await packed(folder)])).trim().split("\n");
  const sources = [...new Bun.Glob("src/**/*").scanSync(root)];
  // Both tsconfig.json are about the page: a bundler reads in them what JSX is.
  const about = ["CHANGELOG.md", "LICENSE", "README.md", "package.json", "tsconfig.json"];
  expect(files.sort()).toEqual([...about, ...sources].map((file) => `package/${file}`).sort());
  expect(sources.filter((file) => !/\.(ts|tsx|css)$/.test(file))).toEqual(["src/page/tsconfig.json"]);
  expect(sources.filter((file) => /\.test\.|fixtures\/.*\.json$/.test(file))).toEqual([]);
});
