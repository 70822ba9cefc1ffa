import { beforeAll, expect, test } from "bun:test";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import packageJson from "../../package.json" with { type: "json" };
import { nextVersion } from "../../scripts/next-version.ts";
import { cleanup } from "../e2e/cleanup.ts";
import { root, runIn } from "../package/packed.ts";

const stack = cleanup();
const { name, version: current } = packageJson;
const next = nextVersion(current, "minor");
let clone = "";

beforeAll(async () => {
  clone = await mkdtemp(join(tmpdir(), "release-"));
  stack.defer(() => rm(clone, { recursive: true }));
  for (const file of ["package.json", "tsconfig.json", "README.md", "LICENSE", ".gitignore", "src"]) {
    await cp(join(root, file), join(clone, file), { recursive: true });
  }
  await Bun.write(join(clone, "CHANGELOG.md"), "# Changelog\n\n## Unreleased\n\n- something new\n");
  await git("init", "--quiet");
  await git("config", "user.name", "somebody");
  await git("config", "user.email", "somebody@example.com");
  await git("add", "--all");
  await git("commit", "--quiet", "--message", "all");
});

const git = (...words: string[]) => runIn(clone, ["git", ...words]);
const release = (...words: string[]) =>
  runIn(clone, [process.execPath, join(root, "scripts/release.ts"), ...words, "--binaries", "none"]);
const textOf = (path: string) => Bun.file(join(clone, path)).text();

test("without --write a release is only described", async () => {
  const said = await release("minor");
  expect(said).toContain(`${current} → ${next}`);
  expect(said).toContain("- something new");
  expect(await git("status", "--porcelain")).toBe("");
  expect(await git("tag")).toBe("");
});

test("a work tree with changes is not released", async () => {
  await Bun.write(join(clone, "stray"), "");
  await expect(release("minor", "--write")).rejects.toThrow("has changes");
  await rm(join(clone, "stray"));
});

test("with --write it is committed, tagged, packed, and its checksums hold", async () => {
  await release("minor", "--write");
  expect(await git("status", "--porcelain")).toBe("");
  expect(await git("tag")).toBe(`v${next}\n`);
  expect((await git("log", "-1", "--format=%s")).trim()).toBe(`chore: release ${next}`);
  expect(JSON.parse(await textOf("package.json"))).toEqual({ ...packageJson, version: next });
  const archive = `${name}-${next}.tgz`;
  expect(await textOf("README.md")).toContain(archive);
  const folder = join(clone, "dist/release");
  expect(await runIn(folder, ["sha256sum", "--check", "SHA256SUMS"])).toBe(`${archive}: OK\n`);
  const packed = JSON.parse(await runIn(folder, ["tar", "-xzOf", archive, "package/package.json"]));
  expect(packed.version).toBe(next);
  const [sum = ""] = (await textOf("dist/release/SHA256SUMS")).split(" ");
  const commit = (await git("rev-parse", "HEAD")).trim();
  const notes = await textOf("dist/release/NOTES.md");
  for (const part of ["- something new", sum, commit]) expect(notes).toContain(part);
  expect(JSON.parse(await textOf("dist/release/provenance.json"))).toMatchObject({
    subject: [{ name: archive, digest: { sha256: sum } }],
    predicate: { buildDefinition: { resolvedDependencies: [{ digest: { gitCommit: commit } }] } },
  });
  await expect(release("minor", "--write")).rejects.toThrow("nothing to release");
});
