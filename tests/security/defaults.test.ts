import { describe, expect, test } from "bun:test";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import packageJson from "../../package.json" with { type: "json" };
import { pageOperation } from "../../src/admin/page.ts";
import { loadPage } from "../../src/embedded/load.ts";
import { asking } from "../admin/asking.ts";
import { cleanup } from "../e2e/cleanup.ts";
import { counted, origin } from "../e2e/origin.ts";
import { ask, outcome, runCommand, startProxy } from "../e2e/proxy.ts";
import { made } from "../http/made.ts";

const stack = cleanup();
const root = join(import.meta.dir, "../..");
const sources = await Promise.all(
  [...new Bun.Glob("src/**/*.{ts,tsx}").scanSync(root)].map(async (path) => {
    const text = await Bun.file(join(root, path)).text();
    return { path, text: text.replaceAll(/^ *(?:\*|\/\*\*|\/\/).*$/gm, "") };
  }),
);

/** Where the sources have something, with what it is. */
function found(pattern: RegExp): readonly string[] {
  return sources.flatMap(({ path, text }) => [...text.matchAll(pattern)].map((match) => `${path}: ${match[0]}`));
}

/** What makes code of a text. */
const MAKES_CODE = /\beval\s*\(|\bnew\s+Function\b|(?<![\w.])Function\s*\(|\bset(?:Timeout|Interval)\s*\(\s*["'`]/g;

describe("no text becomes code", () => {
  test("in the sources", () => {
    expect(found(MAKES_CODE)).toEqual([]);
  });

  test("in the page as it is bundled, which no browser would let do so either", async () => {
    const { script } = await loadPage();
    expect(script.match(MAKES_CODE)).toBeNull();
    expect(found(/dangerouslySetInnerHTML|\.(?:innerHTML|outerHTML)\b|insertAdjacentHTML|document\.write/g)).toEqual(
      [],
    );
    const page = await pageOperation(async () => ({ script, style: "" }))(asking("http://localhost:3000/__admin/"));
    if (page.type !== "response") throw new Error(`the page is a ${page.type}`);
    const policy = made(page.response).headers.get("content-security-policy") ?? "";
    expect(policy).toContain("require-trusted-types-for 'script'");
    expect(policy).not.toContain("unsafe");
  });

  test("but a config file, the one module whose path a person gives", () => {
    expect(found(/\bimport\((?!")[^)]*\)|\brequire\((?!")[^)]*\)/g).map((line) => line.split(":")[0])).toEqual([
      "src/config/file-text.ts",
    ]);
  });
});

test("the admin token is compared in a time that says nothing of it, and nowhere else", () => {
  expect(found(/timingSafeEqual\(digest\(given\), digest\(token\)\)/g)).toHaveLength(1);
  expect(found(/(?:adminToken|access\.token)\s*[!=]==(?! undefined)/g)).toEqual([]);
});

test("packages are pinned exactly, and so is what is installed by itself", async () => {
  const asked = { ...packageJson.dependencies, ...packageJson.devDependencies };
  expect(Object.entries(asked).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  expect(await Bun.file(join(root, "bunfig.toml")).text()).toMatch(/^exact = true$/m);
  const ci = await Bun.file(join(root, ".ci/run")).text();
  expect(ci).toContain("bun install --frozen-lockfile");
  expect(ci).toContain("bun run audit");
});

describe("without --host", () => {
  const stub = origin(stack, counted({}));

  test("nobody but this machine can connect", async () => {
    const proxy = await startProxy(stack, stub.url, "--log off");
    expect(await outcome(proxy, "/")).toEqual(["MISS", "1"]);
    const others = Object.values(networkInterfaces()).flatMap((addresses) =>
      (addresses ?? []).filter(({ internal, family }) => !internal && family === "IPv4").map(({ address }) => address),
    );
    for (const address of [...others, "127.0.0.2"]) {
      const answer = fetch(`http://${address}:${proxy.port}/`, { proxy: "", signal: AbortSignal.timeout(2000) });
      await expect(answer).rejects.toThrow();
    }
  });

  test("anything else needs an admin token, and asks for it", async () => {
    const refused = runCommand(stack, ["--port", "0", "--origin", stub.url, "--host", "0.0.0.0"]);
    expect(await refused.exited).toBe(2);
    expect(refused.stderr.all.join("\n")).toContain("--admin-token");
    const proxy = await startProxy(stack, stub.url, "--log off --host 0.0.0.0 --admin-token a-token");
    for (const [authorization, status] of [
      ["", 401],
      ["Bearer a-tokem", 401],
      ["Bearer a-token", 200],
    ] as const) {
      const response = await ask(proxy, "/__admin/stats", { headers: { authorization } });
      expect(response.status).toBe(status);
    }
  });

  test("the token is taken from no URL", async () => {
    const proxy = await startProxy(stack, stub.url, "--log off --admin-token a-token");
    for (const path of ["stats?token=a-token", "stats?access_token=a-token", "stats?admin-token=a-token"]) {
      expect((await ask(proxy, `/__admin/${path}`)).status).toBe(401);
    }
  });
});
