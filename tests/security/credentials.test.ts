import { expect, test } from "bun:test";
import { cleanup } from "../e2e/cleanup.ts";
import { startRuled } from "../e2e/folder.ts";
import { origin } from "../e2e/origin.ts";
import { ask } from "../e2e/proxy.ts";
import { until } from "../sharing/until.ts";
import { startRedis } from "../store/redis-server.ts";

const shared = cleanup();
const STORE = "Planted1store0zzz";
const TOKEN = "Planted2token0zzz";
const ORIGIN = "Planted3origin0zz";
const RULE = "Planted4rule0zzzz";
const ENVIRONMENT = "Planted5env0zzzzz";
const ALL = [STORE, TOKEN, ORIGIN, RULE, ENVIRONMENT];

test("what the proxy itself holds of credentials stands in no answer, log or message, whatever fails", async () => {
  const redis = await startRedis(shared, { flags: ["--requirepass", STORE] });
  const told: string[] = [];
  await using site = new AsyncDisposableStack();
  const stub = origin(site, (request) => {
    told.push(`${request.headers.get("authorization")} ${request.headers.get("x-api-key")}`);
    const { pathname } = new URL(request.url);
    if (pathname === "/slow") return new Promise<Response>(() => undefined);
    return new Response("content", {
      status: pathname === "/500" ? 500 : 200,
      headers: { "cache-control": "max-age=1" },
    });
  });
  const rules = [
    { match: "/own/*", request: { headers: { "x-api-key": RULE } } },
    { match: "/fault", fault: { type: "status" as const, status: 503 } },
  ];
  const flags = `--timeout 50ms --log json --store redis://:${STORE}@127.0.0.1:${redis.port} --failover http://127.0.0.1:9 --origin-auth bearer:ORIGIN_KEY`;
  const proxy = await startRuled(
    shared,
    stub.url,
    rules,
    flags,
    {},
    {
      env: {
        CACHING_PROXY_ADMIN_TOKEN: TOKEN,
        ORIGIN_KEY: ORIGIN,
        HTTP_PROXY: `http://user:${ENVIRONMENT}@127.0.0.1:1`,
      },
    },
  );
  const texts: string[] = [];
  const take = async (path: string, init: RequestInit = {}): Promise<void> => {
    const response = await ask(proxy, path, init);
    texts.push(JSON.stringify([...response.headers]), await response.text());
  };
  const failing = async (): Promise<void> => {
    for (const path of ["/a", "/own/a", "/500", "/slow", "/fault", "/own/slow"]) await take(path);
    await take("/own/a", { method: "POST", body: "x" });
    await take("/a", { headers: { "cache-control": "only-if-cached, max-age=0" } });
  };
  await failing();
  expect(told).toContain(`Bearer ${ORIGIN} null`);
  expect(told).toContain(`Bearer ${ORIGIN} ${RULE}`);
  await proxy.rewrite(`{"rules": [{"match": "/own/*", "request": {"headers": {"x-api-key": "${RULE}", }`);
  await until("the broken config is told", () => proxy.stderr.all.some((line) => line.includes("config.json")));
  await redis.kill();
  await site.disposeAsync();
  await failing();
  const admin = { headers: { authorization: `Bearer ${TOKEN}` } };
  for (const path of [
    "stats",
    "metrics",
    "recent?limit=100",
    "history",
    "rules",
    "entries",
    "explain?url=/own/a",
    "export",
    "lanes",
    "",
  ]) {
    await take(`/__admin/${path}`);
    await take(`/__admin/${path}`, admin);
  }
  await take(`/__admin/stats?token=${TOKEN}x`);
  proxy.signal("SIGTERM");
  await proxy.exited;
  const said = [...proxy.stdout.all, ...proxy.stderr.all].join("\n");
  expect(said).toContain("/own/a");
  expect(texts.length).toBeGreaterThan(50);
  for (const secret of ALL) {
    const where = {
      said: said.split("\n").find((line) => line.includes(secret)),
      answers: texts.find((text) => text.includes(secret)),
    };
    expect([secret, where]).toEqual([secret, { said: undefined, answers: undefined }]);
  }
});
