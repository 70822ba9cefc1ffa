import { describe, expect, test } from "bun:test";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import {
  counted,
  listedPeers,
  publishedOn,
  readPeers,
  reported,
  together,
  total,
} from "../../bench/conformance/peers.ts";
import { Fixable, type Suite } from "../../bench/conformance/suite.ts";
import { suiteTest } from "./build.ts";
import { scratchFolder } from "./scratch.ts";

const list = [
  suiteTest("base"),
  suiteTest("more", { dependsOn: ["base"] }),
  suiteTest("best", { kind: "optimal" }),
  suiteTest("asked", { kind: "check" }),
];

function suiteIn(folder: string): Suite {
  return { generation: "current", client: "", server: "", tests: [], folder, list };
}

async function published(folder: string, results: Readonly<Record<string, unknown>>): Promise<void> {
  await mkdir(join(folder, "results"), { recursive: true });
  const index = Object.keys(results).map((name) => ({
    file: `${name}.json`,
    name,
    type: "rev-proxy",
    version: "1.2-3",
  }));
  await Bun.write(join(folder, "results/index.mjs"), `export default ${JSON.stringify(index)}`);
  for (const [name, content] of Object.entries(results)) {
    await Bun.write(join(folder, "results", `${name}.json`), JSON.stringify(content));
  }
}

describe("the list of peers", () => {
  test("leaves browsers out, spells names out and shortens versions", () => {
    expect(
      listedPeers([
        { file: "chrome.json", name: "Chrome", type: "browser", version: "1" },
        { file: "apache.json", name: "httpd", type: "rev-proxy", version: "2.4.64-1ubuntu3" },
        { file: "trafficserver.json", name: "ATS", type: "rev-proxy", version: "9.2.5+ds-1ubuntu2" },
        { file: "fastly.json", name: "Fastly", type: "cdn", version: "2025-12-29" },
      ]),
    ).toEqual([
      { file: "apache.json", name: "Apache httpd", version: "2.4.64" },
      { file: "trafficserver.json", name: "Apache Traffic Server", version: "9.2.5" },
      { file: "fastly.json", name: "Fastly", version: "2025-12-29" },
    ]);
  });

  test("is refused where a line has no file", () => {
    expect(() => listedPeers([{ name: "nameless" }])).toThrow("has no file");
  });
});

describe("published results", () => {
  const failure = ["Assertion", "no"];

  test("are counted each for itself, and with what they depend on", async () => {
    await using scratch = await scratchFolder();
    await published(scratch.path, {
      b: { base: failure, more: true, best: true, asked: failure, gone: true },
      a: { base: true, more: ["Setup", "no"], best: true, asked: true },
      c: { base: true, more: true, best: failure, asked: false },
    });
    const peers = await readPeers(suiteIn(scratch.path));
    // Most required ones first, then most optimal ones, then by name.
    expect(peers.map(({ name }) => name)).toEqual(["c", "a", "b"]);
    const [c, a, b] = peers.map(({ entries }) => [reported(entries), counted(entries)]);
    expect(c).toEqual([
      { required: 2, optimal: 0, check: 0 },
      { required: 2, optimal: 0, check: 0 },
    ]);
    expect(a).toEqual([
      { required: 1, optimal: 1, check: 1 },
      { required: 1, optimal: 1, check: 1 },
    ]);
    expect(b).toEqual([
      { required: 1, optimal: 1, check: 0 },
      { required: 0, optimal: 1, check: 0 },
    ]);
    expect(together(peers)).toEqual({ required: 2, optimal: 1, check: 1 });
    expect(total(peers[0]?.entries ?? [])).toEqual({ required: 2, optimal: 1, check: 1 });
  });

  test("are refused where a file holds none", async () => {
    await using scratch = await scratchFolder();
    await published(scratch.path, { a: null });
    expect(readPeers(suiteIn(scratch.path))).rejects.toBeInstanceOf(Fixable);
  });

  test.skipIf(Bun.which("git") === null)("are as old as the checkout's history says", async () => {
    await using scratch = await scratchFolder();
    await published(scratch.path, { a: {} });
    const env = { ...process.env, GIT_COMMITTER_DATE: "2025-12-29T12:00:00Z", GIT_AUTHOR_DATE: "2025-12-29T12:00:00Z" };
    const who = ["-c", "user.name=somebody", "-c", "user.email=somebody@example.com", "-c", "commit.gpgsign=false"];
    for (const args of [
      ["init", "-q"],
      ["add", "."],
      [...who, "commit", "-q", "-m", "results"],
    ]) {
      expect(await Bun.spawn(["git", "-C", scratch.path, ...args], { env }).exited).toBe(0);
    }
    expect(await publishedOn(scratch.path)).toBe("2025-12-29");
  });

  test("have no date where the folder has no history of them", async () => {
    await using scratch = await scratchFolder();
    await published(scratch.path, { a: {} });
    expect(await publishedOn(scratch.path)).toBeUndefined();
  });
});
