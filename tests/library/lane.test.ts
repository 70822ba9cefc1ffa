import { expect, test } from "bun:test";
import { createProxy, InvalidOptions } from "../../src/index.ts";
import { cleanup } from "../e2e/cleanup.ts";
import { counted, origin } from "../e2e/origin.ts";

const stack = cleanup();
const FRESH = { "cache-control": "max-age=60", "content-type": "text/plain" };
const api = origin(stack, { "/a": counted(FRESH) });
const OUTAGE = { scenario: "outage", response: { status: 503, body: "down" } };

test("a lane has its own rules, scenario and exchanges, over one cache", async () => {
  await using proxy = await createProxy({ origin: api.url, rules: [OUTAGE] }).listen();
  const [one, other] = [proxy.lane("one"), proxy.lane("other")];
  expect([one.url.href, one.headers]).toEqual([`http://one.localhost:${proxy.port}/`, { "x-lane": "one" }]);
  const status = async (url: URL, headers = {}): Promise<number> => (await fetch(`${url}a`, { headers })).status;
  one.scenario("outage");
  {
    using _teapot = other.rule({ match: "/a", fault: { type: "status", status: 418 } });
    // Whoever has the lane by its name a second time has the same one.
    using _later = proxy.lane("other").rule({ match: "/b", fault: { type: "status", status: 500 } });
    expect([await status(one.url), await status(other.url), await status(proxy.url)]).toEqual([503, 418, 200]);
    expect(await status(proxy.url, one.headers)).toBe(503);
  }
  one.scenario(null);
  expect([await status(one.url), await status(other.url)]).toEqual([200, 200]);
  expect(one.requests()).toMatchObject([
    { status: 503, lane: "one", path: "/a" },
    { status: 503, headers: { "x-lane": "one" } },
    { status: 200, outcome: "HIT" },
  ]);
  expect(one.requests("hit")).toHaveLength(1);
  expect(() => one.requests("metod=GET")).toThrow(InvalidOptions);
  expect(other.requests().map(({ status }) => status)).toEqual([418, 200]);
  expect(proxy.requests()).toHaveLength(6);
  expect(proxy.requests("lane=other")).toHaveLength(2);
});

test("the proxy's own scenario is that of the default lane, its own rules are for all lanes", async () => {
  const proxy = stack.use(createProxy({ origin: api.url, rules: [OUTAGE] }));
  const ask = async (lane?: string): Promise<number> => {
    const headers = lane === undefined ? {} : { "x-lane": lane };
    return (await proxy.fetch(new Request("http://localhost/a", { headers }))).status;
  };
  // Before anything is open.
  proxy.scenario("outage");
  using _calm = proxy.lane("calm").rule({ response: { status: 200, body: "calm" } });
  expect([await ask(), await ask("other"), await ask("calm")]).toEqual([503, 200, 200]);
  {
    using _gone = proxy.rule({ response: { status: 410, body: "gone" } });
    expect([await ask(), await ask("other"), await ask("calm")]).toEqual([410, 410, 200]);
  }
  proxy.scenario(null);
  expect(await ask()).toBe(200);
});

test("a scenario that nobody asks for and a name that is none are said", async () => {
  await using proxy = await createProxy({ origin: api.url, rules: [OUTAGE] }).listen();
  expect(() => proxy.scenario("outgae")).toThrow("Did you mean outage?");
  expect(() => proxy.lane("a").scenario("outgae")).toThrow(InvalidOptions);
  for (const name of ["", "A", "a.b", "-a"]) expect(() => proxy.lane(name)).toThrow(InvalidOptions);
  expect(() => proxy.lane("a").rule({ match: "a" })).toThrow("in lane.rule() is not the pattern of a path");
  // A rule that asks for it makes it one.
  using _rule = proxy.lane("a").rule({ scenario: "new", response: { status: 202, body: "" } });
  proxy.lane("a").scenario("new");
  expect((await fetch(`${proxy.lane("a").url}a`)).status).toBe(202);

  const early = createProxy({ origin: api.url });
  early.scenario("outgae");
  await expect(early.listen()).rejects.toThrow("no rule and no fixture asks for a scenario");
});
