import { beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cleanup } from "../e2e/cleanup.ts";
import { type RunningProxy, startProxy } from "../e2e/proxy.ts";
import { contentOf, exchange, statusOf } from "../e2e/raw.ts";
import { writeIn } from "../fixtures/open.ts";
import { scratch } from "../store/scratch.ts";
import { type KeptOrigin, keptOrigin } from "./victim.ts";

/** Paths that climb out of the folder of fixtures. What names mean is in fixtures/names.test.ts, links to be read are in fixtures/folder.test.ts. */
const shared = cleanup();
const SECRET = "what is outside";

/** Targets that a path on a disk may be made of. */
const CLIMBING = [
  "/../secret",
  "/%2e%2e/secret",
  "/..%2fsecret",
  "/..%2Fsecret.txt",
  "/%2e%2e%2fsecret.txt",
  "/..%5csecret.txt",
  "/\\..\\secret.txt",
  "/....//secret.txt",
  "/a/..%2f..%2fsecret.txt",
  "/%252e%252e%252fsecret.txt",
  "/%c0%ae%c0%ae/secret.txt",
  "/..;/secret.txt",
  "//etc/passwd",
  "/%2fetc%2fpasswd",
  "/file:%2f%2f%2fetc%2fpasswd",
  "/secret.txt%00.json",
  "/.%00./secret.txt",
  "/~/secret.txt",
  "/C:%5csecret.txt",
  "/con",
  "/out/secret.txt",
  "/out/new",
  "/out/deeper/new",
  "/?..%2f..%2fsecret=1",
  "/x?a=../../../secret",
  "/%2e%2e",
  "/.",
  `/${"../".repeat(50)}secret.txt`,
  `/${"..%2f".repeat(50)}secret.txt`,
];

let origin: KeptOrigin;

beforeAll(async () => {
  origin = await keptOrigin(shared);
});

const send = (proxy: RunningProxy, target: string, method = "GET") =>
  exchange(
    proxy.port,
    `${method} ${target} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
  );

/** A folder of fixtures with a link that leads out of it, beside what nobody is to read or write. */
function surroundings(): { readonly around: string; readonly root: string; readonly outside: string } {
  const around = scratch(shared);
  const [root, outside] = [join(around, "fixtures"), join(around, "outside")];
  for (const folder of [root, outside]) mkdirSync(folder);
  for (const folder of [around, outside]) {
    for (const name of ["secret", "secret.txt", "secret.json", "secret.http"])
      writeFileSync(join(folder, name), SECRET);
  }
  symlinkSync(outside, join(root, "out"));
  return { around, root, outside };
}

/** All that lies in a folder and is no link, with its content. */
function contents(folder: string): Record<string, string> {
  const files: Record<string, string> = {};
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    const path = join(folder, name);
    if (statSync(path).isFile()) files[name] = readFileSync(path, "utf8");
  }
  return files;
}

describe("by a URL", () => {
  test("nothing outside of the folder is read, nor what stands in it for content or is hidden", async () => {
    const { root } = surroundings();
    writeIn(root, "1.body.txt", SECRET);
    writeIn(root, ".env.txt", SECRET);
    writeIn(root, ".git/config.txt", SECRET);
    writeIn(root, "ok.txt", "ok");
    const proxy = await startProxy(shared, origin.url, `--record none --fixtures ${root}`);
    for (const target of [...CLIMBING, "/1.body.txt", "/1.body", "/.env.txt", "/.env", "/.git/config", "/out/secret"]) {
      for (const method of ["GET", "POST"]) expect(await send(proxy, target, method)).not.toContain(SECRET);
    }
    expect(contentOf(await send(proxy, "/ok"))).toBe("ok");
  });

  test("nothing outside of the folder is written, also where a link in it leads out", async () => {
    const { around, root, outside } = surroundings();
    const before = [readdirSync(around), contents(outside)];
    const proxy = await startProxy(shared, origin.url, `--record all --fixtures ${root}`);
    for (const target of CLIMBING) for (const method of ["GET", "POST", "DELETE"]) await send(proxy, target, method);
    expect(statusOf(await send(proxy, "/ok"))).toBe(200);
    proxy.signal("SIGTERM");
    await proxy.exited;
    expect([readdirSync(around), contents(outside)]).toEqual(before);
    for (const name of ["secret", "secret.txt", "secret.json", "secret.http"]) {
      expect(readFileSync(join(around, name), "utf8")).toBe(SECRET);
    }
    const written = Object.keys(contents(root)).filter((name) => !name.startsWith("out/"));
    expect(written).toContain("ok.http");
    expect(written.length).toBeGreaterThan(20);
    for (const name of written) expect(name).not.toMatch(/(^|\/)\.\.?(\/|$)|[\\\0]/);
  });
});

describe("by a fixture whose # @body is", () => {
  const BODIES = [
    "../secret.txt",
    "../../../../../../../../etc/passwd",
    "/etc/passwd",
    "a/../../secret.txt",
    "..\\secret.txt",
    "out/secret.txt",
    "file:///etc/passwd",
    "./../secret.txt",
    "%2e%2e/secret.txt",
  ];
  let proxy: RunningProxy;

  beforeAll(async () => {
    const { root } = surroundings();
    for (const [i, path] of BODIES.entries()) {
      writeIn(root, `evil${i}.http`, `# @body ${path}\nHTTP/1.1 200 OK\n`);
      writeIn(root, `template${i}.http`, `# @template\n# @body ${path}\nHTTP/1.1 200 OK\n`);
    }
    writeIn(root, "ok.txt", "ok");
    proxy = await startProxy(shared, origin.url, `--record none --fixtures ${root}`);
  });

  test.each(BODIES.map((path, i) => [path, i] as const))("%s", async (_, i) => {
    for (const target of [`/evil${i}`, `/template${i}`]) {
      const got = await send(proxy, target);
      expect(got).not.toContain(SECRET);
      expect(got).not.toContain("root:");
      expect(statusOf(got)).not.toBe(200);
    }
    expect(contentOf(await send(proxy, "/ok"))).toBe("ok");
  });
});
