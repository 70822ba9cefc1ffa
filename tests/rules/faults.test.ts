import { describe, expect, test } from "bun:test";
import type { Reply } from "../../src/http/exchange.ts";
import { failing } from "../../src/rules/faults.ts";
import type { Fault } from "../../src/rules/rule.ts";
import { incoming, matched, still } from "./build.ts";

const reply = (body: string, status = 200): Reply => ({
  response: {
    status,
    headers: new Headers({ "content-length": String(body.length), "x-a": "1" }),
    body: body === "" ? null : new Blob([body]),
  },
});

function faulty(fault: Partial<Fault>, numbers: readonly number[] = []) {
  const world = still(numbers);
  const whole = { type: "status", rate: 1, status: 503, retryAfter: undefined, ...fault } as const;
  const layer = failing(matched({ fault: whole }), world);
  if (layer === undefined) throw new Error("no layer");
  return { layer, world };
}

test("so many requests meet it as the rate says", async () => {
  const { layer } = faulty({ rate: 0.3 }, [0.1, 0.29, 0.3, 0.9]);
  const handler = layer(() => reply("ok"));
  const statuses = [];
  for (let i = 0; i < 4; i++) statuses.push((await handler(incoming("/"))).response.status);
  expect(statuses).toEqual([503, 503, 200, 200]);
});

test("a status comes with Retry-After in whole seconds, and asks nobody", async () => {
  const { layer } = faulty({ status: 429, retryAfter: 1500 });
  const { response, cacheStatus } = await layer(() => {
    throw new Error("asked");
  })(incoming("/"));
  expect([response.status, response.headers.get("retry-after")]).toEqual([429, "2"]);
  expect(cacheStatus).toEqual({ type: "none", detail: "fault-status" });
});

describe.each(["empty", "timeout"] as const)("%s", (type) => {
  test("answers nothing before the client has left", async () => {
    const { layer, world } = faulty({ type });
    const leaving = new AbortController();
    const asked = incoming("/", { signal: leaving.signal });
    let isOver = false;
    const over = Promise.resolve(layer(() => reply("ok"))(asked)).then(({ cacheStatus }) => {
      isOver = true;
      return cacheStatus;
    });
    await Promise.resolve();
    expect(isOver).toBe(false);
    expect(world.abandoned).toEqual(type === "empty" ? [asked.request] : []);
    leaving.abort();
    expect(await over).toEqual({ type: "none", detail: `fault-${type}` });
  });
});

test("reset is a body that breaks off at once, but for HEAD, which has none", async () => {
  const { layer, world } = faulty({ type: "reset" });
  const handler = layer(() => reply("ok"));
  const { body } = (await handler(incoming("/"))).response;
  expect(body).toBeInstanceOf(ReadableStream);
  const head = incoming("/", { method: "HEAD", signal: AbortSignal.abort() });
  expect((await handler(head)).response.body).toBeNull();
  expect(world.abandoned).toEqual([head.request]);
});

test("truncated leaves half of the body and no length", async () => {
  const { layer } = faulty({ type: "truncated" });
  const { status, headers, body } = (await layer(() => reply("0123456789"))(incoming("/"))).response;
  expect([status, headers.get("content-length"), headers.get("x-a")]).toEqual([200, null, "1"]);
  const reader = new Response(body).body?.getReader();
  expect(new TextDecoder().decode((await reader?.read())?.value)).toBe("01234");
});

test("malformed keeps status and fields, and claims a coding that the content has not", async () => {
  const { layer } = faulty({ type: "malformed" });
  const { status, headers, body } = (await layer(() => reply("ok", 201))(incoming("/"))).response;
  expect([status, headers.get("content-encoding"), headers.get("x-a")]).toEqual([201, "gzip", "1"]);
  const bytes = await new Response(body).arrayBuffer();
  expect(() => Bun.gunzipSync(bytes)).toThrow();
});

test.each(["truncated", "malformed"] as const)("%s leaves an answer without a body alone", async (type) => {
  const answer = reply("");
  expect(await faulty({ type }).layer(() => answer)(incoming("/"))).toBe(answer);
});
