import { expect, test } from "bun:test";
import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { cachedFetch, createProxy } from "../../src/index.ts";
import { cleanup } from "../e2e/cleanup.ts";
import { origin } from "../e2e/origin.ts";
import { examples, libraryPage } from "./examples.ts";

const stack = cleanup();
const root = join(import.meta.dir, "../..");
const page = await libraryPage();
const blocks = await examples();
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
  for (const name of ["hono", "elysia"]) {
    await symlink(join(root, "node_modules", name), join(folder, "node_modules", name));
  }
  return folder;
}

function spawn(cwd: string, args: readonly string[]) {
  const env = { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "" };
  return Bun.spawn([process.execPath, ...args], { cwd, env, stdout: "pipe", stderr: "pipe" });
}

test("the page's tests pass", async () => {
  const child = spawn(await project(), ["test"]);
  const printed = await child.stderr.text();
  expect(printed).toMatch(/\b8 pass\n\s*0 fail\n/);
  expect(await child.exited).toBe(0);
  expect(blocks.filter(({ name }) => name.endsWith(".test.ts")).map(({ name }) => dirname(name))).toHaveLength(7);
});

test("each block of code is a file that is run", () => {
  const fences = [...page.matchAll(/^```(\w+)(.*)$/gm)];
  expect(fences).toHaveLength(blocks.length);
  expect(fences.filter(([, , name]) => name?.trim() === "")).toEqual([]);
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

/** The first words of the rows below a heading. */
function rowsOf(heading: string): string[] {
  const section = page.split(/^## /m).find((text) => text.startsWith(`${heading}\n`)) ?? "";
  return [...section.matchAll(/^\| `(\w+)(?:\(|`)/gm)].flatMap(([, name = ""]) => name);
}

test("each thing that a proxy can do has its row", () => {
  expect(rowsOf("What it can be asked").sort()).toEqual(
    [...Object.keys(createProxy({ origin: "http://h" })), "url"].sort(),
  );
});

test("so does each thing that a cached fetch can do", () => {
  const rows = rowsOf("Fetching with a cache");
  expect(rows).toEqual(expect.arrayContaining(["cached", ...Object.keys(cachedFetch(fetch))]));
});

test("and each mode of caching that fetch knows", () => {
  const modes = ["default", "no-store", "reload", "no-cache", "force-cache", "only-if-cached"];
  expect(modes.filter((mode) => !page.includes(`\n| \`${mode}\` | `))).toEqual([]);
});
