import { expect, test } from "bun:test";
import { join } from "node:path";
import { scratch } from "../store/scratch.ts";
import { cleanup } from "./cleanup.ts";
import { counted, origin } from "./origin.ts";
import { ask, runCommand, startProxy, xCache } from "./proxy.ts";

const shared = cleanup();

test("init writes a config file that the next start reads, and overwrites none", async () => {
  const cwd = scratch(shared);
  const api = origin(shared, counted({}));
  const first = runCommand(shared, ["init", api.url], { cwd });
  expect(await first.exited).toBe(0);
  const text = await Bun.file(join(cwd, "caching-proxy.config.ts")).text();
  const proxy = await startProxy(shared, api.url, "", { cwd });
  await proxy.stderr.find((line) => line.includes("caching-proxy.config.ts, with 0 rules"));
  expect(xCache(await ask(proxy, "/x"))).toBe("MISS");
  const second = runCommand(shared, ["init"], { cwd });
  expect(await second.exited).toBe(1);
  await second.stderr.ended;
  expect(second.stderr.all).toEqual(["error: there is caching-proxy.config.ts already, which stays as it is"]);
  expect(await Bun.file(join(cwd, "caching-proxy.config.ts")).text()).toBe(text);
});
