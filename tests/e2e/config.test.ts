import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { folderWith } from "./folder.ts";
import { counted, origin } from "./origin.ts";
import { outcome, runCommand, startProxy } from "./proxy.ts";
import { statistics } from "./workers.ts";

describe("a config file", () => {
  test("of the working folder says what no flag says, also to the commands for a running proxy", async () => {
    await using stack = new AsyncDisposableStack();
    const upstream = origin(stack, counted({}));
    const config = `import { defineConfig } from "caching-proxy";
      export default defineConfig({ origin: "http://127.0.0.1:1", adminPrefix: "/ours", log: "off", ttl: "5m" });`;
    const cwd = await folderWith(stack, { "caching-proxy.config.ts": config });
    const proxy = await startProxy(stack, upstream.url, "", { cwd });
    expect(await outcome(proxy, "/a")).toEqual(["MISS", "1"]);
    const stats = runCommand(stack, ["clear", "--port", String(proxy.port)], { cwd });
    expect(await stats.exited).toBe(0);
    expect(await outcome(proxy, "/a")).toEqual(["MISS", "2"]);
    expect(await outcome(proxy, "/__admin/stats")).toEqual(["MISS", "1"]);
  });

  test("is read by each worker", async () => {
    await using stack = new AsyncDisposableStack();
    const upstream = origin(stack, counted({}));
    const cwd = await folderWith(stack, { "c.yaml": "workers: 2\nhealthPath: /up\n" });
    const proxy = await startProxy(stack, upstream.url, "--config c.yaml", { cwd });
    expect((await outcome(proxy, "/up"))[1]).toContain('"worker":');
    // Whoever takes the place of one that has crashed goes by what the others know.
    await Bun.write(join(cwd, "c.yaml"), "workers: 2\nhealthPath: /other\nadminPrefix: /ours\n");
    const [first, second] = (await statistics(proxy)).workers;
    process.kill(first?.pid ?? 0, "SIGKILL");
    const isReplaced = async () => {
      const { workers } = await statistics(proxy);
      return workers.some(({ worker, restarts }) => worker === first?.worker && restarts === 1);
    };
    while (!(await isReplaced().catch(() => false))) await Bun.sleep(10);
    process.kill(second?.pid ?? 0, "SIGKILL");
    const answer = async () => (await outcome(proxy, "/up").catch(() => ["", ""]))[1];
    while (!(await answer()).includes('"worker":')) await Bun.sleep(10);
  });

  test("is shown by `rules`", async () => {
    await using stack = new AsyncDisposableStack();
    const cwd = await folderWith(stack, { "caching-proxy.config.toml": '[[rules]]\nmatch = "/a"\nttl = "5m"\n' });
    const command = runCommand(stack, ["rules", "/a", "-H", "Host: api.localhost"], { cwd });
    expect(await command.exited).toBe(0);
    await command.stdout.ended;
    expect(command.stdout.all).toEqual(["GET http://api.localhost/a", "  ttl  5m  rules[0]"]);
    const nothing = runCommand(stack, ["rules"], { cwd: await folderWith(stack, {}) });
    expect(await nothing.exited).toBe(2);
  });

  test.each([
    [
      { "caching-proxy.config.json": '{ "maxSize": "12parsecs" }' },
      [],
      'maxSize "12parsecs" in caching-proxy.config.json is not a size',
    ],
    [
      { "caching-proxy.config.toml": "prot = 1" },
      [],
      "prot in caching-proxy.config.toml is not known; did you mean port?",
    ],
    [{}, ["--config", "no.json"], "no.json cannot be read (ENOENT"],
  ])("that is wrong: %j %j", async (files, flags, message) => {
    await using stack = new AsyncDisposableStack();
    const cwd = await folderWith(stack, files);
    const command = runCommand(stack, ["http://127.0.0.1:1", ...flags], { cwd });
    expect(await command.exited).toBe(2);
    await command.stderr.ended;
    expect(command.stderr.all.join("\n")).toContain(message);
  });
});
