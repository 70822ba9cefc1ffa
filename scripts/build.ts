/** `bun run build` makes one executable file for this machine, `bun run build --all` one for each system that Bun compiles for. */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { binaryName, TARGETS } from "./targets.ts";

const root = join(import.meta.dir, "..");
const dist = join(root, "dist");

/** Neither .env nor bunfig.toml of the folder where it is started has a say. */
const WORDS = [
  ...["build", "--compile", "--bytecode", "--format=esm", "--splitting", "--minify", "--sourcemap"],
  // Nothing that only runs while it starts is worth machine code: src/commands/machine-code.ts puts that back to 1.
  "--compile-jit-policy=64",
  // What several commands share would else be cut into many small files.
  "--min-chunk-size=1000000",
  ...["--no-compile-autoload-dotenv", "--no-compile-autoload-bunfig", "--compile-autoload-package-json"],
  "src/cli.ts",
];

/** Gives what Bun complained of where it could not. */
async function compile(outfile: string, ...further: string[]): Promise<string | undefined> {
  const child = Bun.spawn([process.execPath, "--no-env-file", ...WORDS, "--outfile", outfile, ...further], {
    cwd: root,
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, errors, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  return code === 0 ? undefined : `${out}${errors}`.trim();
}

function report(file: string, complaint: string | undefined): void {
  if (complaint === undefined) console.log(`✓ ${file} ${Math.round(Bun.file(file).size / 1e6)} MB`);
  else console.log(`✗ ${file}: ${complaint}`);
}

const { values } = parseArgs({ options: { all: { type: "boolean" }, to: { type: "string" } } });
const folder = values.to ?? dist;
await mkdir(folder, { recursive: true });
let failed = 0;
if (values.all) {
  for (const target of TARGETS) {
    const file = join(folder, binaryName(target));
    const complaint = await compile(file, `--target=bun-${target}`);
    if (complaint !== undefined) failed++;
    report(file, complaint);
  }
} else {
  const file = join(folder, "caching-proxy");
  const complaint = await compile(file);
  if (complaint !== undefined) failed++;
  report(file, complaint);
}
for (const map of new Bun.Glob("*.map").scanSync(folder)) await rm(join(folder, map));
process.exitCode = failed === 0 ? 0 : 1;
