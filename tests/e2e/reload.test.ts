import { expect, test } from "bun:test";
import { join } from "node:path";
import { folderWith, startRuled } from "./folder.ts";
import { origin } from "./origin.ts";
import { ask, startProxy } from "./proxy.ts";
import { lineToEach } from "./workers.ts";

const ownBody = (body: string) => JSON.stringify({ rules: [{ match: "/a", response: { body } }] });

test("a change counts for what comes from then on, and drops nothing that is on its way", async () => {
  await using stack = new AsyncDisposableStack();
  const opened = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  const upstream = origin(stack, async () => {
    asked.resolve();
    await opened.promise;
    return new Response("from the origin");
  });
  const proxy = await startRuled(stack, upstream.url, [{ match: "/slow", response: { headers: { "x-rule": "old" } } }]);
  const slow = ask(proxy, "/slow");
  await asked.promise;
  await proxy.rewrite(ownBody("new"));
  await proxy.stderr.find((line) => line.includes("caching-proxy.config.json was read again: 1 rule is in force"));
  expect(await (await ask(proxy, "/a")).text()).toBe("new");
  opened.resolve();
  const answer = await slow;
  expect([answer.headers.get("x-rule"), await answer.text()]).toEqual(["old", "from the origin"]);
});

test("a broken change is told, and what was before counts; so is what needs a new start", async () => {
  await using stack = new AsyncDisposableStack();
  const proxy = await startRuled(stack, "http://127.0.0.1:1", [{ match: "/a", response: { body: "first" } }]);
  await proxy.rewrite('{ "rules": [{ "dely": 1 }] }');
  await proxy.stderr.find((line) =>
    line.includes("rules[0].dely in caching-proxy.config.json is not known; did you mean delay?"),
  );
  await proxy.stderr.find((line) => line.includes("caching-proxy.config.json counts as it was before"));
  expect(await (await ask(proxy, "/a")).text()).toBe("first");
  await proxy.rewrite(JSON.stringify({ ttl: "7m", seed: 1, port: 4000, rules: [], origins: { "http://o": {} } }));
  const told = await proxy.stderr.find((line) => line.includes("counts once the proxy is started anew"));
  // The port is said by a flag, which the file does not change.
  expect(told).toBe(
    "warning: ttl, seed, origins in caching-proxy.config.json: this counts once the proxy is started anew",
  );
  expect((await ask(proxy, "/a")).status).toBe(502);
});

test("a module is read anew, by each worker, and one of them tells it", async () => {
  await using stack = new AsyncDisposableStack();
  const module = (body: string) =>
    `import { defineConfig } from "caching-proxy";\nexport default defineConfig({ rules: [{ response: { body: "${body}" } }] });`;
  const cwd = await folderWith(stack, { "caching-proxy.config.ts": module("first") });
  const proxy = await startProxy(stack, "http://127.0.0.1:1", "--workers 2", { cwd });
  const lines = await lineToEach(stack, proxy, 2);
  for (const line of lines) expect(await line.get("/a")).toEndWith("first");
  await Bun.write(join(cwd, "caching-proxy.config.ts"), module("second"));
  await proxy.stderr.find((line) => line.includes("was read again"));
  // Who tells it need not be the last to have read it.
  for (const line of lines) while ((await line.get("/a")).endsWith("first")) await Bun.sleep(5);
  expect(proxy.stderr.all.filter((line) => line.includes("was read again"))).toHaveLength(1);
});
