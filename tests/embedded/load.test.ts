import { describe, expect, test } from "bun:test";
import { cp, mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { bundled } from "../../src/embedded/bundle.ts";
import { loadPage } from "../../src/embedded/load.ts";
import { scratch } from "../store/scratch.ts";

const root = join(import.meta.dir, "../..");

describe("the page's parts", () => {
  test("are there from source, in one piece each", async () => {
    const { script, style } = await loadPage();
    expect(script).not.toMatch(/^\s*(?:import|export)\b/m);
    expect(style).not.toContain("@import");
    // What the libraries bring, and what is ours.
    expect(script).toContain("caching-proxy");
    expect(style).toContain(".u-wrap");
    // Nobody is asked for anything but by a path of ours; these are names of formats, not places.
    const hosts = [...script.matchAll(/https?:\/\/([\w.]+)/g)].map(([, host]) => host);
    expect(hosts.filter((host) => host !== "www.w3.org")).toEqual([]);
    expect(style).not.toMatch(/url\(/);
  });

  test("are the same where the proxy is installed, below node_modules, where no macro may run", async () => {
    using stack = new DisposableStack();
    const modules = join(scratch(stack), "node_modules");
    const installed = join(modules, "caching-proxy");
    await mkdir(installed, { recursive: true });
    await cp(join(root, "src"), join(installed, "src"), { recursive: true });
    await cp(join(root, "tsconfig.json"), join(installed, "tsconfig.json"));
    for (const name of ["diff", "preact", "uplot"])
      await symlink(join(root, "node_modules", name), join(modules, name));
    const loader = join(installed, "src/embedded/load.ts");
    const words = `const { loadPage } = await import(${JSON.stringify(loader)}); console.log(JSON.stringify(await loadPage()));`;
    const child = Bun.spawn([process.execPath, "--no-env-file", "-e", words], { cwd: modules, stderr: "pipe" });
    const [said, complaint] = await Promise.all([child.stdout.text(), child.stderr.text()]);
    expect(complaint).toBe("");
    const { script, style }: { script: string; style: string } = JSON.parse(said);
    const own = await loadPage();
    expect([script.length, style]).toEqual([own.script.length, own.style]);
  });

  test("what does not build says what the bundler said", async () => {
    await expect(bundled("nothing.tsx")).rejects.toThrow(/nothing\.tsx cannot be bundled \(.*nothing\.tsx/s);
  });
});
