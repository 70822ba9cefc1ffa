/**
 * `bun run release patch|minor|major|X.Y.Z` says what a release would be; with `--write` it makes it: version, changelog, commit, tag, and in
 * dist/release the package, the executable files (`--binaries all|this|none`), their checksums, notes and provenance. Nothing is pushed or published.
 */
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { releasedAs } from "./changelog.ts";
import { nextVersion } from "./next-version.ts";
import { type Artifact, notes, provenance } from "./provenance.ts";

/** The clone that is released: the working folder. */
const root = process.cwd();
const at = (path: string) => join(root, path);
const folder = at("dist/release");

async function run(...command: string[]): Promise<string> {
  const child = Bun.spawn(command, { cwd: root, stdout: "pipe", stderr: "pipe" });
  const [out, errors, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  if (code !== 0) throw new Error(`${command.join(" ")} ended with ${code}: ${errors.trim() || out.trim()}`);
  return out.trim();
}

async function replaceIn(path: string, change: (text: string) => string): Promise<void> {
  await Bun.write(at(path), change(await Bun.file(at(path)).text()));
}

async function artifacts(): Promise<Artifact[]> {
  const all: Artifact[] = [];
  for (const file of (await readdir(folder)).sort()) {
    const hasher = new Bun.CryptoHasher("sha256");
    for await (const chunk of Bun.file(join(folder, file)).stream()) hasher.update(chunk);
    all.push({ file, sha256: hasher.digest("hex") });
  }
  return all;
}

async function binaries(which: string): Promise<void> {
  const build = [process.execPath, "--no-env-file", join(import.meta.dir, "build.ts"), "--to", folder];
  if (which === "all") await run(...build, "--all");
  if (which === "this") await run(...build);
}

async function release(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { write: { type: "boolean" }, binaries: { type: "string", default: "all" } },
    allowPositionals: true,
  });
  if (!["all", "this", "none"].includes(values.binaries)) throw new Error("--binaries is all, this or none");
  const manifest: { name: string; version: string } = await Bun.file(at("package.json")).json();
  const { name, version: current } = manifest;
  const version = nextVersion(current, positionals[0] ?? "patch");
  const tag = `v${version}`;
  const [date = ""] = new Date().toISOString().split("T");
  const { changelog, section } = releasedAs(await Bun.file(at("CHANGELOG.md")).text(), version, date);
  if ((await run("git", "tag", "--list", tag)) !== "") throw new Error(`there is a tag ${tag} already`);
  console.log(`${name} ${current} → ${version}, ${tag}\n\n${section}\n`);
  if (!values.write) {
    console.log("Nothing was changed: --write makes it.");
    return;
  }
  if ((await run("git", "status", "--porcelain")) !== "")
    throw new Error("the work tree has changes: commit them first");
  await replaceIn("package.json", (text) => text.replace(`"version": "${current}"`, `"version": "${version}"`));
  await replaceIn("README.md", (text) => text.replaceAll(`-${current}.tgz`, `-${version}.tgz`));
  await Bun.write(at("CHANGELOG.md"), changelog);
  await run("git", "commit", "--all", "--message", `chore: release ${version}`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await run(process.execPath, "pm", "pack", "--quiet", "--ignore-scripts", "--destination", folder);
  await binaries(values.binaries);
  const made = await artifacts();
  const source = { name, version, tag, commit: await run("git", "rev-parse", "HEAD") };
  await Bun.write(join(folder, "SHA256SUMS"), made.map(({ file, sha256 }) => `${sha256}  ${file}\n`).join(""));
  await Bun.write(join(folder, "NOTES.md"), notes(source, section, made));
  await Bun.write(join(folder, "provenance.json"), `${JSON.stringify(provenance(source, made), null, 2)}\n`);
  // Last, so that no tag names a release that could not be made.
  await run("git", "tag", "--annotate", tag, "--message", `${name} ${version}`);
  console.log(`Made ${made.map(({ file }) => file).join(", ")} in ${folder}; nothing was pushed or published.`);
}

try {
  await release();
} catch (error) {
  console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
