import { beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { cleanup } from "./cleanup.ts";
import { origin } from "./origin.ts";
import { ask, cacheStatus, outcome, type RunningProxy, startProxy, xCache } from "./proxy.ts";

const shared = cleanup();
let proxy: RunningProxy;
let gate = Promise.withResolvers<void>();
let waiting = Promise.withResolvers<void>();

/** Answers with the fields that the request's `x-answer` asks for, as JSON; once the gate is open where it says `x-wait`. */
beforeAll(async () => {
  let count = 0;
  const stub = origin(shared, async (request) => {
    const body = `${request.method} ${++count}`;
    if (request.headers.has("x-wait")) {
      waiting.resolve();
      await gate.promise;
    }
    const { status = 200, ...fields } = JSON.parse(request.headers.get("x-answer") ?? "{}");
    return new Response(status === 304 ? null : body, { status, headers: fields });
  });
  proxy = await startProxy(shared, stub.url);
});

beforeEach(() => {
  gate = Promise.withResolvers();
  waiting = Promise.withResolvers();
});

type Answer = Readonly<Record<string, string | number>>;

const asking = (answer: Answer, fields: Readonly<Record<string, string>> = {}): RequestInit => ({
  headers: { "x-answer": JSON.stringify(answer), ...fields },
});
const member = (...names: string[]): Answer => ({
  "cache-control": "max-age=60",
  "cache-groups": names.map((name) => `"${name}"`).join(", "),
});
const get = async (path: string, init: RequestInit = {}): Promise<string> => (await outcome(proxy, path, init))[0];

/** Invalidates a group by way of a path that nothing is stored for. */
async function invalidate(name: string, method = "POST", status = 200): Promise<Response> {
  const answer = { status, "cache-group-invalidation": `"unrelated", "${name}"` };
  const response = await ask(proxy, "/elsewhere", { method, ...asking(answer) });
  await response.text();
  return response;
}

describe("RFC 9875 §3: Cache-Group-Invalidation", () => {
  test("drops the members of the groups that it names, and nothing else", async () => {
    await get("/1/red", asking(member("red-1")));
    await get("/1/both", asking(member("blue-1", "red-1")));
    await get("/1/blue", asking(member("blue-1")));
    await get("/1/Red", asking(member("Red-1")));
    await get("/1/none", asking({ "cache-control": "max-age=60" }));
    const response = await invalidate("red-1");
    expect(response.headers.get("cache-group-invalidation")).toBe('"unrelated", "red-1"');
    expect(await get("/1/blue")).toBe("HIT");
    expect(await get("/1/Red")).toBe("HIT");
    expect(await get("/1/none")).toBe("HIT");
    expect(await get("/1/red")).toBe("MISS");
    expect(await get("/1/both")).toBe("MISS");
  });

  test("of the variants of a URL it drops the members alone", async () => {
    const variant = (language: string): RequestInit =>
      asking({ ...member(`in-${language}`), vary: "Accept-Language" }, { "accept-language": language });
    for (const language of ["de", "fr"]) await get("/variants", variant(language));
    await invalidate("in-de");
    expect(await get("/variants", variant("fr"))).toBe("HIT");
    expect(await get("/variants", variant("de"))).toBe("MISS");
  });

  test("Cache-Groups reaches clients from the store too", async () => {
    await get("/shown", asking(member("shown")));
    expect((await ask(proxy, "/shown")).headers.get("cache-groups")).toBe('"shown"');
  });

  test.each([
    ["POST", 500],
    ["PATCH", 404],
    ["DELETE", 204],
  ])("counts on an answer to %s, with %d too", async (method, status) => {
    await get(`/${method}`, asking(member(method)));
    await invalidate(method, method, status);
    expect(await get(`/${method}`)).toBe("MISS");
  });

  test.each(["GET", "HEAD", "OPTIONS"])("is ignored on an answer to %s", async (method) => {
    await get(`/${method}`, asking(member(method)));
    await invalidate(method, method);
    expect(await get(`/${method}`)).toBe("HIT");
  });

  test("does not keep out the response that states it", async () => {
    await get("/own", asking(member("own")));
    const answer = { ...member("own"), "content-location": "/own", "cache-group-invalidation": '"own"' };
    const posted = await ask(proxy, "/own", { method: "POST", ...asking(answer) });
    expect(await outcome(proxy, "/own")).toEqual(["HIT", await posted.text()]);
  });
});

describe("RFC 9875 §3: what was asked for before the invalidation", () => {
  test("and arrives after it is neither stored nor given to who asked later", async () => {
    const slow = ask(proxy, "/slow", asking(member("slow"), { "x-wait": "1" }));
    await waiting.promise;
    await invalidate("slow");
    const follower = ask(proxy, "/slow", asking(member("slow")));
    gate.resolve();
    const answer = await slow;
    expect(cacheStatus(answer)).toEndWith("detail=invalidated");
    expect(await (await follower).text()).not.toBe(await answer.text());
  });

  test("and is in other groups is stored", async () => {
    const slow = ask(proxy, "/other", asking(member("other"), { "x-wait": "1" }));
    await waiting.promise;
    await invalidate("another");
    gate.resolve();
    expect(cacheStatus(await slow)).toContain("; stored;");
  });

  test("does not come back by a 304 that moves it to another group", async () => {
    await get("/moved", asking({ ...member("from"), etag: '"m"', "cache-control": "max-age=0" }));
    const answer = { ...member("to"), status: 304, etag: '"m"' };
    const slow = ask(proxy, "/moved", asking(answer, { "x-wait": "1" }));
    await waiting.promise;
    await invalidate("from");
    gate.resolve();
    const validated = await slow;
    await validated.text();
    expect(cacheStatus(validated)).toEndWith("detail=invalidated");
    expect(await get("/moved")).toBe("MISS");
  });

  test("and does not take away what has been stored since", async () => {
    const before = { ...member("since"), etag: '"s"', "cache-control": "max-age=0" };
    await get("/since", asking(before));
    const slow = ask(proxy, "/since", asking({ ...before, status: 304 }, { "x-wait": "1" }));
    await waiting.promise;
    await invalidate("since");
    // Alone, since whoever wants the latest waits for nobody.
    await get("/since", asking({ ...member("since"), etag: '"t"' }, { "cache-control": "no-cache" }));
    gate.resolve();
    await (await slow).text();
    expect(await get("/since")).toBe("HIT");
  });

  test("a 304 moves what nobody has invalidated", async () => {
    await get("/moves", asking({ ...member("before"), etag: '"m"', "cache-control": "max-age=0" }));
    const moving = await ask(proxy, "/moves", asking({ ...member("after"), status: 304, etag: '"m"' }));
    await moving.text();
    expect(xCache(moving)).toBe("REVALIDATED");
    await invalidate("before");
    expect(await get("/moves")).toBe("HIT");
    await invalidate("after");
    expect(await get("/moves")).toBe("MISS");
  });
});
