/** A public trace, which is not ours to pass on: it is taken out of a Debian package at the time of the run. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sized, type Trace } from "./patterns.ts";

/** Go's cache library Ristretto (Apache-2.0) ships the trace that it is tested with. */
const PACKAGE = "golang-github-dgraph-io-ristretto-dev";
const FILE = "./usr/share/gocode/src/github.com/dgraph-io/ristretto/sim/gli.lirs.gz";
/** Of the trace unpacked, whichever version of the package it comes in. */
const SHA256 = "9c1696e46979dbb6cbd8a76859fcdaa97c9901e16ce0d04df55db8bfdf9b8980";

/**
 * The requests of Glimpse, a tool that searches text, for the blocks of its files (from the LIRS paper, SIGMETRICS 2002): loops over more
 * than fits. Its blocks are given sizes as the objects of our patterns have them.
 * @returns a sentence that says why where it cannot be had, such as on a machine without apt
 */
export async function glimpse(): Promise<Trace | string> {
  const folder = await mkdtemp(join(tmpdir(), "glimpse-"));
  try {
    const text = await unpack(folder);
    if (new Bun.CryptoHasher("sha256").update(text).digest("hex") !== SHA256) return "it is not the trace it was";
    const requests = Uint32Array.from(text.match(/^\d+$/gm) ?? [], Number);
    return sized("Glimpse, a public trace", requests, 51);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function unpack(folder: string): Promise<string> {
  await run(["apt-get", "download", PACKAGE], folder);
  const [archive] = [...new Bun.Glob("*.deb").scanSync(folder)];
  if (archive === undefined) throw new Error(`apt-get left no ${PACKAGE} behind`);
  await run(["dpkg-deb", "--extract", archive, "."], folder);
  return new TextDecoder().decode(Bun.gunzipSync(await Bun.file(join(folder, FILE)).bytes()));
}

async function run(command: string[], cwd: string): Promise<void> {
  const child = Bun.spawn(command, { cwd, stdin: "ignore", stdout: "ignore", stderr: "pipe" });
  const [said, status] = await Promise.all([child.stderr.text(), child.exited]);
  if (status !== 0) throw new Error(`${command.join(" ")} failed: ${said.trim().split("\n").at(-1)}`);
}
