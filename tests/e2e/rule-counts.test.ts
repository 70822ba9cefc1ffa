import { describe, expect, test } from "bun:test";
import { folderWith, startRuled } from "./folder.ts";
import { counted, origin } from "./origin.ts";
import { ask, outcome, type RunningProxy, runCommand, startProxy } from "./proxy.ts";
import { lineToEach } from "./workers.ts";

type Shown = {
  readonly since: number | null;
  readonly rules: readonly object[];
  readonly neverMatched: readonly string[];
};

const shown = async (proxy: RunningProxy): Promise<Shown> =>
  JSON.parse(await (await ask(proxy, "/__admin/rules")).text());

describe("how often rules came to something", () => {
  test("is shown by the admin path, the command and the metrics, and begins anew with other rules", async () => {
    await using stack = new AsyncDisposableStack();
    const upstream = origin(stack, counted({}));
    const rules = [
      { match: "/a", ttl: "1m", response: { headers: { "x-rule": "1" } } },
      { match: { path: "/b", headers: { authorization: "s3cret" } }, cache: false as const },
      { scenario: "slow", delay: "1s" },
    ];
    const proxy = await startRuled(stack, upstream.url, rules);
    for (let i = 0; i < 3; i++) await outcome(proxy, "/a");
    await outcome(proxy, "/b");
    await ask(proxy, "/__admin/explain?url=/a");
    const answer = await shown(proxy);
    expect(answer).toEqual({
      since: expect.any(Number),
      rules: [
        {
          ...{ rule: "rules[0]", match: "/a", properties: ["ttl", "response.headers.x-rule"], matches: 3 },
          // Of three answers the first alone was the origin's.
          effects: { ttl: 1, "response.headers.x-rule": 3 },
        },
        {
          ...{ rule: "rules[1]", match: '{"path":"/b","headers":{"authorization":"***"}}', properties: ["cache"] },
          ...{ matches: 0, effects: { cache: 0 } },
        },
        { rule: "rules[2]", match: "*", scenario: "slow", properties: ["delay"], matches: 0, effects: { delay: 0 } },
      ],
      neverMatched: ["rules[1]", "rules[2]"],
    });
    const metrics = await (await ask(proxy, "/__admin/metrics")).text();
    expect(metrics.match(/^caching_proxy_rule_matches_total.*/gm)).toEqual([
      'caching_proxy_rule_matches_total{rule="rules[0]"} 3',
      'caching_proxy_rule_matches_total{rule="rules[1]"} 0',
      'caching_proxy_rule_matches_total{rule="rules[2]"} 0',
    ]);
    const command = runCommand(stack, ["rules", "--running", "--port", String(proxy.port)]);
    expect(await command.exited).toBe(0);
    expect(command.stdout.all.join("\n")).toContain("rules[0]  /a ");
    expect(command.stdout.all.at(-1)).toBe("2 rules were about no request yet");

    await proxy.rewrite(JSON.stringify({ rules: [{ match: "/a" }] }));
    await proxy.stderr.find((line) => line.includes("was read again"));
    const later = await shown(proxy);
    expect(later.since).toBeGreaterThan(answer.since ?? Number.NaN);
    expect(later.neverMatched).toEqual(["rules[0]"]);
  });

  test("adds up over workers", async () => {
    await using stack = new AsyncDisposableStack();
    const upstream = origin(stack, counted({}));
    const config = JSON.stringify({ rules: [{ match: "/a" }, { match: "/b" }] });
    const cwd = await folderWith(stack, { "caching-proxy.config.json": config });
    const proxy = await startProxy(stack, upstream.url, "--workers 2", { cwd });
    const lines = await lineToEach(stack, proxy, 2);
    for (const line of lines) for (let i = 0; i < 2; i++) await line.get("/a");
    expect((await shown(proxy)).rules).toMatchObject([{ matches: 4 }, { matches: 0 }]);
  });

  test("counts a WebSocket for the rule that names its origin, which is all that rules are to it", async () => {
    await using stack = new AsyncDisposableStack();
    const server = Bun.serve({
      ...{ hostname: "127.0.0.1", port: 0 },
      fetch: (request, upstream) => (upstream.upgrade(request) ? undefined : new Response("no")),
      websocket: { message: () => undefined },
    });
    stack.defer(() => server.stop(true));
    const rules = [{ delay: 0 as const }, { origin: `http://127.0.0.1:${server.port}` }];
    const proxy = await startRuled(stack, "http://127.0.0.1:1", rules);
    const socket = new WebSocket(`ws://127.0.0.1:${proxy.port}/`);
    stack.defer(() => socket.close());
    await new Promise((resolve) => socket.addEventListener("open", resolve));
    expect((await shown(proxy)).rules).toMatchObject([
      { matches: 0, effects: { delay: 0 } },
      { matches: 1, effects: { origin: 1 } },
    ]);
  });

  test("is nothing where there are none", async () => {
    await using stack = new AsyncDisposableStack();
    const proxy = await startProxy(stack, origin(stack, {}).url);
    expect(await shown(proxy)).toEqual({ since: null, rules: [], neverMatched: [] });
    expect(await (await ask(proxy, "/__admin/metrics")).text()).not.toContain("rule_matches");
    const command = runCommand(stack, ["rules", "/a", "--running", "--port", String(proxy.port)]);
    expect(await command.exited).toBe(2);
  });
});
