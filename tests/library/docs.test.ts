import { expect, test } from "bun:test";
import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createProxy } from "../../src/index.ts";
import { cleanup } from "../e2e/cleanup.ts";
import { origin } from "../e2e/origin.ts";

const stack = cleanup();
const root = join(import.meta.dir, "../..");
const page = await Bun.file(join(root, "docs/library.md")).text();
const blocks = [...page.matchAll(/^```\w+ (\S+)\n([\s\S]*?)^```$/gm)].map(([, name = "", text = ""]) => ({
  name,
  text,
}));
const api = origin(stack, { "/products/1": () => Response.json({ id: 1, title: "Mascara" }) });

/** A project with the page's files, where the API that they name is one that is there. */
async function project(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "docs-"));
  stack.defer(() => rm(folder, { recursive: true }));
  for (const { name, text } of blocks) {
    await Bun.write(join(folder, name), text.replaceAll("http://localhost:8080", api.url));
  }
  await mkdir(join(folder, "node_modules"));
  await symlink(root, join(folder, "node_modules/caching-proxy"));
  await symlink(join(root, "node_modules/hono"), join(folder, "node_modules/hono"));
  return folder;
}

function spawn(cwd: string, args: readonly string[]) {
  const env = { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "" };
  return Bun.spawn([process.execPath, ...args], { cwd, env, stdout: "pipe", stderr: "pipe" });
}

test("the page's tests pass", async () => {
  const child = spawn(await project(), ["test"]);
  const printed = await child.stderr.text();
  expect(printed).toMatch(/\b6 pass\n\s*0 fail\n/);
  expect(await child.exited).toBe(0);
  expect(blocks.filter(({ name }) => name.endsWith(".test.ts")).map(({ name }) => dirname(name))).toHaveLength(5);
});

test("the page's server serves", async () => {
  const child = spawn(await project(), ["server.ts"]);
  stack.defer(async () => {
    child.kill("SIGKILL");
    await child.exited;
  });
  let url: string | undefined;
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    url = /http:\/\/\S+:\d+/.exec(Bun.stripANSI(chunk))?.[0];
    if (url !== undefined) break;
  }
  expect(await (await fetch(`${url}/products/1`)).json()).toEqual({ id: 1, title: "Mascara" });
});

test("the sentence that the page shows is the one that is said", () => {
  const [, said = ""] = /^ {4}InvalidOptions: (.*)$/m.exec(page) ?? [];
  const mistyped = Object.assign(
    { origin: "http://h" },
    Bun.JSONC.parse('{ "rules": [{ "fault": { "type": "rest" } }] }'),
  );
  expect(said).toContain("rules[0]");
  expect(() => createProxy(mistyped)).toThrow(said);
});

test("each thing that a proxy can do has its row", () => {
  const rows = new Set([...page.matchAll(/^\| `(\w+)(?:\(|`)/gm)].map(([, name]) => name));
  expect([...rows].sort()).toEqual([...Object.keys(createProxy({ origin: "http://h" })), "url"].sort());
});
