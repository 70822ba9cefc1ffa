import { expect, test } from "bun:test";
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cleanup } from "../e2e/cleanup.ts";
import { origin } from "../e2e/origin.ts";
import { outcome, startProxy } from "../e2e/proxy.ts";
import { until } from "../sharing/until.ts";
import { scratch } from "../store/scratch.ts";

const shared = cleanup();
const pages = origin(
  shared,
  (request) => new Response(`of ${new URL(request.url).pathname}`, { headers: { "cache-control": "no-store" } }),
);

test.each([
  ["removed", (folder: string) => rmSync(folder, { recursive: true })],
  ["moved away", (folder: string) => renameSync(folder, `${folder}.away`)],
])(
  "a folder of fixtures that is %s as a whole: the origin answers, and what is there again counts again",
  async (_, lose) => {
    const folder = join(scratch(shared), "fixtures");
    const fill = (): void => {
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, "a.txt"), "fixed");
    };
    fill();
    const proxy = await startProxy(shared, pages.url, `--fixtures ${folder} --record none`);
    expect((await outcome(proxy, "/a.txt"))[1]).toBe("fixed");
    lose(folder);
    await until("the origin answers", async () => (await outcome(proxy, "/a.txt"))[1] === "of /a.txt");
    expect((await outcome(proxy, "/b"))[1]).toBe("of /b");
    fill();
    await until("the fixture answers", async () => (await outcome(proxy, "/a.txt"))[1] === "fixed");
  },
);

test("with recording the folder is made anew", async () => {
  const folder = join(scratch(shared), "fixtures");
  const proxy = await startProxy(shared, pages.url, `--fixtures ${folder}`);
  expect((await outcome(proxy, "/one"))[1]).toBe("of /one");
  rmSync(folder, { recursive: true });
  await until("it is recorded", async () => {
    expect((await outcome(proxy, `/two/${crypto.randomUUID()}`))[1]).toStartWith("of /two/");
    return (await Array.fromAsync(new Bun.Glob("two/*").scan({ cwd: folder })).catch(() => [])).length > 0;
  });
});
