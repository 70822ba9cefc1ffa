import { describe, expect, test } from "bun:test";
import { writeIn } from "../fixtures/open.ts";
import { scratch } from "../store/scratch.ts";
import { cleanup } from "./cleanup.ts";
import { startRuled } from "./folder.ts";
import { admin, inLane, switchTo } from "./lanes.ts";
import { counted, origin } from "./origin.ts";
import { ask, outcome, runCommand, startProxy } from "./proxy.ts";
import { contentOf, exchange } from "./raw.ts";
import { lineToEach, statistics } from "./workers.ts";

const shared = cleanup();
const FRESH = { "cache-control": "max-age=600" };

describe("a lane", () => {
  test("is named by the host or by a field, and shares what is stored with all others", async () => {
    const stub = origin(shared, counted(FRESH));
    const proxy = await startRuled(shared, stub.url, []);
    expect(await inLane(proxy, "a", "/x")).toEqual(["MISS", "1"]);
    expect(await inLane(proxy, "b", "/x")).toEqual(["HIT", "1"]);
    const host = `test1.localhost:${proxy.port}`;
    const raw = await exchange(proxy.port, `GET /y HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    expect(raw).toContain("X-Cache: MISS");
    const other = `test2.localhost:${proxy.port}`;
    const second = await exchange(proxy.port, `GET /y HTTP/1.1\r\nHost: ${other}\r\nConnection: close\r\n\r\n`);
    expect(second).toContain("X-Cache: HIT");
    expect(stub.seen.map(({ headers }) => headers.has("x-lane"))).toEqual([false, false]);
    expect(stub.seen[1]?.headers.get("x-forwarded-host")).toBe(`localhost:${proxy.port}`);

    const { value } = await admin(proxy, "lanes");
    expect(value.lanes.map(({ lane, requests }: { lane: string; requests: number }) => [lane, requests])).toEqual([
      ...[
        ["", 0],
        ["a", 1],
        ["b", 1],
        ["test1", 1],
        ["test2", 1],
      ],
    ]);
    expect((await admin(proxy, "recent?filter=lane%3Db")).value.exchanges).toMatchObject([{ path: "/x", lane: "b" }]);
    expect((await admin(proxy, "recent?filter=lane%3D%22%22")).value.exchanges).toEqual([]);
    expect(await proxy.stdout.find((line) => line.includes('"lane":"test2"'))).toContain('"outcome":"hit"');
  });

  test("is no host that a rule of the config names: that is a site with responses of its own", async () => {
    const stub = origin(shared, ({ headers }) => new Response(headers.get("x-forwarded-host"), { headers: FRESH }));
    const proxy = await startRuled(shared, stub.url, [{ match: { host: "api.localhost" }, delay: "1ms" }]);
    const get = async (name: string) =>
      contentOf(
        await exchange(proxy.port, `GET /x HTTP/1.1\r\nHost: ${name}:${proxy.port}\r\nConnection: close\r\n\r\n`),
      );
    expect(await get("api.localhost")).toBe(`api.localhost:${proxy.port}`);
    expect(await get("a.localhost")).toBe(`localhost:${proxy.port}`);
    expect((await admin(proxy, "lanes")).value.lanes.map(({ lane }: { lane: string }) => lane)).toEqual(["", "a"]);
    await proxy.rewrite(JSON.stringify({ rules: [{ match: { host: "a.localhost" }, delay: "1ms" }] }));
    await proxy.stderr.find((line) => line.includes("was read again"));
    expect(await get("a.localhost")).toBe(`a.localhost:${proxy.port}`);
  });

  test("that cannot be one is refused, and nothing reaches the origin", async () => {
    const stub = origin(shared, counted(FRESH));
    const proxy = await startRuled(shared, stub.url, []);
    const response = await ask(proxy, "/x", { headers: { "x-lane": "Test_1" } });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      title: "No name of a lane",
      detail: expect.stringContaining("Test_1"),
    });
    expect(stub.seen).toEqual([]);
    expect((await admin(proxy, "scenario", { scenario: null, lane: "Test_1" })).status).toBe(400);
    expect((await admin(proxy, "lanes/Test_1")).status).toBe(400);
  });

  test("keeps who is redirected", async () => {
    const stub = origin(shared, ({ headers }) => {
      return new Response(null, {
        status: 302,
        headers: { location: `http://${headers.get("x-forwarded-host")}/login` },
      });
    });
    const proxy = await startRuled(shared, stub.url, []);
    const host = `test1.localhost:${proxy.port}`;
    const raw = await exchange(proxy.port, `GET /x HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    expect(raw).toContain(`http://${host}/login\r\n`);
  });

  test("without rules and fixtures is nothing: the field is one like any other", async () => {
    const stub = origin(shared, counted(FRESH));
    const proxy = await startProxy(shared, stub.url);
    expect(await inLane(proxy, "A_", "/x")).toEqual(["MISS", "1"]);
    expect(stub.seen[0]?.headers.get("x-lane")).toBe("A_");
    expect((await admin(proxy, "lanes")).value).toEqual({ scenarios: [], lanes: [], complete: true });
    expect((await admin(proxy, "lanes/-")).status).toBe(404);
    expect((await admin(proxy, "scenario", { scenario: "x" })).value.title).toBe("No lanes");
  });

  test("has WebSockets that say nothing of it to the origin", async () => {
    const seen = Promise.withResolvers<Headers>();
    const server = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      fetch(request, self) {
        seen.resolve(request.headers);
        return self.upgrade(request) ? undefined : new Response("no");
      },
      websocket: { message: () => undefined },
    });
    shared.defer(() => server.stop(true));
    const proxy = await startRuled(shared, `http://127.0.0.1:${server.port}`, []);
    const socket = new WebSocket(`ws://127.0.0.1:${proxy.port}/`, { headers: { "x-lane": "a" } });
    shared.defer(() => socket.close());
    expect((await seen.promise).has("x-lane")).toBe(false);
  });
});

describe("a scenario", () => {
  const OUTAGE = { match: "/x", scenario: "outage", response: { status: 503 } };

  test("is switched for one lane, or for the one without a name", async () => {
    const stub = origin(shared, counted(FRESH));
    const proxy = await startRuled(shared, stub.url, [OUTAGE]);
    const statuses = async () =>
      Promise.all(["", "a", "b"].map(async (lane) => (await ask(proxy, "/x", { headers: { "x-lane": lane } })).status));
    expect(await statuses()).toEqual([200, 200, 200]);
    expect(await switchTo(proxy, "a", "outage")).toEqual({
      status: 200,
      value: { lane: "a", scenario: "outage", complete: true },
    });
    expect(await statuses()).toEqual([200, 503, 200]);
    await admin(proxy, "scenario", { scenario: "outage" });
    expect(await statuses()).toEqual([503, 503, 200]);
    await switchTo(proxy, "a", null);
    expect(await statuses()).toEqual([503, 200, 200]);
    expect((await admin(proxy, "lanes/-")).value).toMatchObject({
      lane: "",
      scenario: "outage",
      scenarios: ["outage"],
    });
    expect((await admin(proxy, "lanes/a")).value).toMatchObject({ scenario: null, statuses: { "2xx": 2, "5xx": 2 } });
    await admin(proxy, "lanes/-", undefined, "DELETE");
    await admin(proxy, "lanes/a", undefined, "DELETE");
    expect((await admin(proxy, "lanes/a")).status).toBe(404);
    expect(await statuses()).toEqual([200, 200, 200]);
    expect(stub.seen).toHaveLength(1);
  });

  test("that nobody knows is refused with the nearest that somebody does", async () => {
    const stub = origin(shared, counted(FRESH));
    const proxy = await startRuled(shared, stub.url, [OUTAGE, { then: "slow" }]);
    const { status, value } = await switchTo(proxy, "a", "outige");
    expect(status).toBe(422);
    expect(value.detail).toBe(
      "No rule and no fixture asks for the scenario outige. Did you mean outage? There are outage, slow.",
    );
    for (const body of [{}, { scenario: 1 }, { scenario: "" }, { scenario: "outage", lanes: "a" }])
      expect((await admin(proxy, "scenario", body)).status).toBe(400);
    expect((await admin(proxy, "scenario", undefined, "POST")).status).toBe(405);
  });

  test("is on from the start by --scenario, in each lane", async () => {
    const stub = origin(shared, counted(FRESH));
    const proxy = await startRuled(shared, stub.url, [OUTAGE], "--scenario outage");
    for (const lane of ["", "a"]) expect((await ask(proxy, "/x", { headers: { "x-lane": lane } })).status).toBe(503);
  });

  test("by --scenario has to be known", async () => {
    const command = runCommand(shared, ["--port", "0", "--origin", "http://127.0.0.1:1", "--scenario", "outage"]);
    expect(await command.exited).toBe(1);
    await command.stderr.ended;
    expect(command.stderr.all).toEqual([
      'error: --scenario "outage": no rule and no fixture asks for a scenario, so there is none named outage',
    ]);
  });

  test("is switched by requests: each sees what the one before it did, also where several come together", async () => {
    const stub = origin(shared, counted(FRESH));
    const proxy = await startRuled(shared, stub.url, [
      { match: "POST /job", scenario: "running", response: { status: 409 } },
      { match: "POST /job", then: "running", response: { status: 202, body: "" } },
      { match: "GET /job", scenario: "running", then: "done", response: { body: "running" } },
      { match: "GET /job", scenario: "done", then: null, response: { body: "done" } },
      { match: "GET /job", response: { status: 404, body: "none" } },
    ]);
    const post = () => ask(proxy, "/job", { method: "POST", headers: { "x-lane": "a" } });
    const started = await Promise.all(Array.from({ length: 5 }, post));
    expect(started.map(({ status }) => status).sort()).toEqual([202, 409, 409, 409, 409]);
    const seen: string[] = [];
    for (let n = 0; n < 4; n++) seen.push((await inLane(proxy, "a", "/job"))[1]);
    expect(seen).toEqual(["running", "done", "none", "none"]);
    expect((await inLane(proxy, "b", "/job"))[1]).toBe("none");
  });

  test("that a request switches to is no matter of the fixture that answers it", async () => {
    const root = scratch(shared);
    writeIn(root, "job.json", '"idle"');
    writeIn(root, "job-running.http", '# @scenario running\nGET /job\n\nHTTP/1.1 200 OK\n\n"running"');
    const rules = [{ match: "GET /job", then: "running" }];
    const proxy = await startRuled(shared, "http://127.0.0.1:1", rules, `--fixtures ${root} --frozen`);
    expect((await inLane(proxy, "a", "/job"))[1]).toBe('"idle"');
    expect((await inLane(proxy, "a", "/job"))[1]).toBe('"running"');
  });

  test("chooses fixtures, which then come before all others", async () => {
    const root = scratch(shared);
    writeIn(root, "users/1.json", '{"id":1}');
    writeIn(
      root,
      "outage/all.http",
      "# @scenario outage\nGET /[...rest]\n\nHTTP/1.1 503 Service Unavailable\n\ndown\n",
    );
    writeIn(root, "orders.POST.http", "# @template\nHTTP/1.1 201 Created\n\n{{sequence orders}}");
    const proxy = await startProxy(shared, "http://127.0.0.1:1", `--fixtures ${root} --frozen`);
    expect((await inLane(proxy, "a", "/users/1"))[1]).toBe('{"id":1}');
    const away = await ask(proxy, "/users/2", { headers: { "x-lane": "a" } });
    expect(await away.json()).toMatchObject({ nearest: expect.any(String) });
    await switchTo(proxy, "a", "outage");
    expect((await inLane(proxy, "a", "/users/1"))[1]).toBe("down");
    expect((await inLane(proxy, "a", "/users/2"))[1]).toBe("down");
    expect((await inLane(proxy, "b", "/users/1"))[1]).toBe('{"id":1}');
    const order = async (lane: string) => (await inLane(proxy, lane, "/orders", { method: "POST" }))[1];
    expect([await order("a"), await order("a"), await order("b")]).toEqual(["1", "2", "1"]);
    expect((await switchTo(proxy, "a", "outages")).value.detail).toContain("Did you mean outage?");
  });
});

test("the same requests meet the same faults in each lane, whatever passes beside them", async () => {
  const stub = origin(shared, counted(FRESH));
  const rule = { match: "/x", fault: { type: "status", status: 500, rate: 0.5 } } as const;
  const proxy = await startRuled(shared, stub.url, [rule], "", { seed: 7 });
  const run = async (lane: string) => {
    const statuses: number[] = [];
    for (let n = 0; n < 12; n++) statuses.push((await ask(proxy, "/x", { headers: { "x-lane": lane } })).status);
    return statuses;
  };
  const [a, b] = await Promise.all([run("a"), run("b")]);
  expect(new Set(a)).toEqual(new Set([200, 500]));
  expect(b).toEqual(a);
  await admin(proxy, "lanes/a", undefined, "DELETE");
  expect(await run("a")).toEqual(a);
});

describe("rules that are put in force for a lane", () => {
  test("come before those of the config, until others are put", async () => {
    const stub = origin(shared, counted(FRESH));
    const proxy = await startRuled(shared, stub.url, [{ response: { headers: { "x-a": "config", "x-b": "config" } } }]);
    const fields = async (lane: string) => {
      const { headers } = await ask(proxy, "/x", { headers: { "x-lane": lane } });
      return [headers.get("x-a"), headers.get("x-b")];
    };
    const rules = [
      { match: "/x", response: { headers: { "x-a": "own" } }, scenario: "s" },
      { response: { headers: { "x-b": "own" } } },
    ];
    expect((await admin(proxy, "rules", { lane: "a", rules })).value).toEqual({ lane: "a", rules: 2, complete: true });
    expect(await fields("a")).toEqual(["config", "own"]);
    await switchTo(proxy, "a", "s");
    expect(await fields("a")).toEqual(["own", "own"]);
    expect(await fields("b")).toEqual(["config", "config"]);
    expect((await switchTo(proxy, "b", "s")).status).toBe(422);
    await proxy.rewrite(JSON.stringify({ rules: [{ response: { headers: { "x-a": "new", "x-b": "new" } } }] }));
    await proxy.stderr.find((line) => line.includes("was read again"));
    expect([await fields("a"), await fields("b")]).toEqual([
      ["own", "own"],
      ["new", "new"],
    ]);
    await admin(proxy, "rules", { lane: "a", rules: [] });
    expect(await fields("a")).toEqual(["new", "new"]);
    const wrong = await admin(proxy, "rules", { rules: [{ match: "/x", tll: "5m" }] });
    expect([wrong.status, wrong.value.detail]).toEqual([
      400,
      "rules[0].tll in the request is not known; did you mean ttl?",
    ]);
  });

  test("lead to origins whose responses are found by their path", async () => {
    const [main, other] = [origin(shared, counted(FRESH)), origin(shared, counted(FRESH))];
    const proxy = await startRuled(shared, main.url, []);
    await admin(proxy, "rules", { lane: "a", rules: [{ origin: other.url }] });
    expect(await inLane(proxy, "a", "/x")).toEqual(["MISS", "1"]);
    expect(other.seen).toHaveLength(1);
    const purged = await admin(proxy, "purge", { url: "/x" }, "POST");
    expect(purged.value).toMatchObject({ purged: 1 });
    expect(await inLane(proxy, "a", "/x")).toEqual(["MISS", "2"]);
  });
});

describe("several workers", () => {
  test("follow what is changed in one of them, and count together", async () => {
    const stub = origin(shared, counted(FRESH));
    const rules = [
      { match: "/x", scenario: "outage", response: { status: 503, body: "down" } },
      { match: "POST /start", then: "outage", response: { body: "" } },
    ];
    const proxy = await startRuled(shared, stub.url, rules, "--workers 2");
    const lines = await lineToEach(shared, proxy, 2);
    const bodies = () => Promise.all(lines.map(async ({ get }) => contentOf(await get("/x"))));
    expect((await bodies()).sort()).toEqual(["1", "2"]);
    for (let round = 0; round < 5; round++) {
      await switchTo(proxy, "", "outage");
      expect(await bodies()).toEqual(["down", "down"]);
      await switchTo(proxy, "", null);
      expect(await bodies()).not.toContain("down");
      for (const { get } of lines) {
        await get("/start", "POST");
        expect(await bodies()).toEqual(["down", "down"]);
        await switchTo(proxy, "", null);
      }
    }
    await admin(proxy, "rules", { rules: [{ match: "/x", response: { body: "put" } }] });
    expect(await bodies()).toEqual(["put", "put"]);
    const { value } = await admin(proxy, "lanes/-");
    expect(value).toMatchObject({ requests: 54, rules: 1, complete: true });
    const requests = (await admin(proxy, "lanes/-/requests?limit=1000")).value.requests;
    expect(new Set(requests.map(({ worker }: { worker: number }) => worker))).toEqual(new Set([1, 2]));
    expect(requests).toHaveLength(54);

    // Who takes a crashed one's place is like the others.
    await switchTo(proxy, "a", "outage");
    const { workers } = await statistics(proxy);
    process.kill(workers[0]?.pid ?? Number.NaN, "SIGKILL");
    await proxy.stderr.find((line) => line.includes("was ended by SIGKILL"));
    const [first] = await lineToEach(shared, proxy, 2);
    expect(contentOf((await first?.get("/x")) ?? "")).toBe("put");
    first?.raw.write(`GET /x HTTP/1.1\r\nHost: a.localhost:${proxy.port}\r\nConnection: close\r\n\r\n`);
    expect(await first?.raw.until((text) => text.includes("down"))).toContain("503");
  });
});

test("caching-proxy scenario shows and switches", async () => {
  const stub = origin(shared, counted(FRESH));
  const proxy = await startRuled(shared, stub.url, [{ match: "/x", scenario: "outage", response: { status: 503 } }]);
  const run = async (...args: readonly string[]) => {
    const command = runCommand(shared, ["scenario", "--port", String(proxy.port), ...args]);
    const code = await command.exited;
    await Promise.all([command.stdout.ended, command.stderr.ended]);
    return [code, ...command.stdout.all, ...command.stderr.all];
  };
  expect(await run()).toEqual([0, "lane       scenario  requests", "(default)  none      0", "known: outage"]);
  expect(await run("outage", "--lane", "a")).toEqual([0, "outage is on in lane a"]);
  expect((await inLane(proxy, "a", "/x"))[0]).toBe("MISS");
  expect((await outcome(proxy, "/x"))[0]).toBe("HIT");
  expect(await run("--lane", "a")).toEqual([0, "lane  scenario  requests", "a     outage    1", "known: outage"]);
  expect(await run("--none", "--lane", "a")).toEqual([0, "no scenario is on in lane a"]);
  expect((await run("outige"))[0]).toBe(2);
  expect((await run("outage", "--none"))[0]).toBe(2);
});
