import { afterEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { configPath, readConfigFile } from "../../src/config/file.ts";
import { serveFlags } from "../../src/config/flags.ts";
import { gather } from "../../src/config/given.ts";
import { resolveSettings } from "../../src/config/resolve.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "config-"));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) await Bun.write(join(folder, name), text);
  return folder;
}

async function reading(name: string, text: string) {
  const folder = await folderWith({ [name]: text });
  return readConfigFile(join(folder, name), folder);
}

describe("each kind says the same", () => {
  test.each([
    ["c.json", '{ "port": 4000, "rules": [{ "match": "/a/*", "ttl": "5m" }] }'],
    ["c.jsonc", '{\n  // why\n  "port": 4000,\n  "rules": [{ "match": "/a/*", "ttl": "5m" }],\n}'],
    ["c.yaml", "port: 4000\nrules:\n  - match: /a/*\n    ttl: 5m\n"],
    ["c.yml", 'port: "4000"\nrules: [{ match: /a/*, ttl: 5m }]\n'],
    ["c.toml", 'port = 4000\n[[rules]]\nmatch = "/a/*"\nttl = "5m"\n'],
    ["c.js", 'export default { port: 4000, rules: [{ match: "/a/*", ttl: "5m" }] };'],
    [
      "c.mjs",
      'const rules = [{ match: "/a/*", ttl: "5m" }];\nexport { config as default };\nconst config = { port: 4000, rules };',
    ],
    [
      "c.ts",
      'import { defineConfig } from "caching-proxy";\nconst port: number = 4000;\nexport default defineConfig({ port, rules: [{ match: "/a/*", ttl: "5m" }] });',
    ],
  ])("%s", async (name, text) => {
    const read = await reading(name, text);
    if (!read.ok) throw new Error(read.message);
    expect(read.value.name).toBe(name);
    expect([...read.value.settings]).toEqual([["port", "4000"]]);
    expect(read.value.rules[0]?.values.ttl).toBe(300_000);
  });
});

describe("a file that says nothing to us is named", () => {
  test.each([
    ["c.json", '{ "port": }', "c.json cannot be read (JSONC Parse error"],
    ["c.yaml", "port: [", "c.yaml cannot be read (YAML Parse error"],
    ["c.toml", "port = ", "c.toml cannot be read (TOML Parse error"],
    ["c.ts", "export default {\n  port: ,\n};", "c.ts cannot be read (Unexpected , (line 2)"],
    ["c.ts", 'import "./nowhere.ts";\nexport default {};', "c.ts cannot be read (Cannot find module './nowhere.ts'"],
    ["c.js", "export const config = {};", "c.js exports no config: write export default defineConfig({ … })"],
    ["c.ts", "export default { get rules() { throw new Error('no'); } };", "c.ts cannot be read (no"],
    ["c.ts", "export default Promise.resolve({ prot: 1 });", "prot in c.ts is not known; did you mean port?"],
    ["c.ini", "", "c.ini is of no kind that we read: its name has to end with .ts, .js,"],
  ])("%s: %j", async (name, text, message) => {
    const read = await reading(name, text);
    expect(read.ok ? "accepted" : read.message).toStartWith(message);
  });

  test("one that is not there", async () => {
    const folder = await folderWith({});
    const read = await readConfigFile(join(folder, "c.json"), folder);
    expect(read.ok ? "accepted" : read.message).toContain("c.json cannot be read (ENOENT");
  });
});

test("a module is read anew, though the runtime remembers it", async () => {
  const folder = await folderWith({ "c.ts": "export default { port: 1 };" });
  const path = join(folder, "c.ts");
  const port = async (count: number) => {
    const read = await readConfigFile(path, folder, count);
    return read.ok ? read.value.settings.get("port") : read.message;
  };
  expect(await port(0)).toBe("1");
  await Bun.write(path, "export default { port: 2 };");
  expect(await port(1)).toBe("2");
});

test("the file is the one that is named, or that of the folder in the order of kinds", async () => {
  const folder = await folderWith({ "caching-proxy.config.toml": "", "caching-proxy.config.json": "{}" });
  expect(configPath(undefined, folder)).toBe(join(folder, "caching-proxy.config.json"));
  expect(configPath("x/c.toml", folder)).toBe(join(folder, "x/c.toml"));
  expect(configPath("/c.toml", folder)).toBe("/c.toml");
  expect(configPath(undefined, await folderWith({ "config.json": "{}" }))).toBeUndefined();
});

describe("a file stands between the environment and the defaults", () => {
  const file = {
    name: "c.ts",
    settings: new Map([
      ["ttl", "1m"],
      ["port", "4000"],
      ["max-size", "1mb"],
      ["origin", "http://h"],
    ]),
    rules: [],
    seed: 7,
  };
  const resolved = (args: Readonly<Record<string, string>>, env: Readonly<Record<string, string>> = {}) =>
    resolveSettings(gather(serveFlags, args, env, file), false, file);

  test("flags, then variables, then the file, then defaults", () => {
    const settings = resolved({ port: "5000" }, { CACHING_PROXY_TTL: "2m" });
    expect(settings.ok && settings.value).toMatchObject({
      port: 5000,
      ttl: 120_000,
      maxSize: 1024 * 1024,
      timeout: 30_000,
      seed: 7,
    });
  });

  test("what is wrong is said to be in the file", () => {
    const broken = { ...file, settings: new Map([["max-size", "12parsecs"]]) };
    const settings = resolveSettings(gather(serveFlags, { origin: "http://h" }, {}, broken), false, broken);
    expect(settings.ok ? "accepted" : settings.message).toStartWith('maxSize "12parsecs" in c.ts is not a size');
    const secret = { ...file, settings: new Map([["admin-token", "s3 cret"]]) };
    const refused = resolveSettings(gather(serveFlags, { origin: "http://h" }, {}, secret), false, secret);
    expect(refused.ok ? "accepted" : refused.message).toStartWith("adminToken in c.ts may hold only");
  });
});
