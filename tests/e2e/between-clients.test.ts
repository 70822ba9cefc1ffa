import { describe, expect, test } from "bun:test";
import { cleanup } from "./cleanup.ts";
import { origin } from "./origin.ts";
import { ask, cacheStatus, outcome, type RunningProxy, startProxy, xCache } from "./proxy.ts";
import { exchange, fieldsOf } from "./raw.ts";

const shared = cleanup();

/** A proxy before a stub that answers like this. */
async function before(answer: (request: Request) => Response | Promise<Response>, flags = ""): Promise<RunningProxy> {
  return startProxy(shared, origin(shared, answer).url, flags);
}

const as = (name: string, value: string): RequestInit => ({ headers: { [name]: value } });

describe("what is one client's stays with it", () => {
  test("a cookie that was stored is not given to who validates, nor is the 304's to who comes next", async () => {
    const proxy = await before((request) => {
      const known = request.headers.get("cookie");
      if (request.headers.has("if-none-match")) {
        return new Response(null, {
          status: 304,
          headers: { etag: '"v"', "cache-control": "public, max-age=60", "set-cookie": `rolled=${known}` },
        });
      }
      const headers = { etag: '"v"', "cache-control": "public, max-age=0", "set-cookie": "sid=first" };
      return new Response("page", { headers });
    });
    expect((await ask(proxy, "/")).headers.getSetCookie()).toEqual(["sid=first"]);
    const second = await ask(proxy, "/", as("cookie", "sid=second"));
    expect(xCache(second)).toBe("REVALIDATED");
    expect(second.headers.getSetCookie()).toEqual(["rolled=sid=second"]);
    const third = await ask(proxy, "/");
    expect([xCache(third), third.headers.getSetCookie()]).toEqual(["HIT", []]);
  });

  test.each(["x-api-key", "private-token", "cookie", "authorization"])(
    "an answer to %s that states nothing is for nobody else, and no guess answers who sends it",
    async (name) => {
      const proxy = await before((request) => new Response(request.headers.get(name) ?? "nobody"));
      expect(await outcome(proxy, "/me", as(name, "alice"))).toEqual(["MISS", "alice"]);
      expect(await outcome(proxy, "/me")).toEqual(["MISS", "nobody"]);
      expect(await outcome(proxy, "/me", as(name, "bob"))).toEqual(["MISS", "bob"]);
      expect(await outcome(proxy, "/me")).toEqual(["HIT", "nobody"]);
    },
  );

  test("credentials that are refused take nothing away from others", async () => {
    const proxy = await before((request) =>
      request.headers.has("authorization")
        ? new Response("no", { status: 401 })
        : new Response("public", { headers: { "cache-control": "max-age=60" } }),
    );
    expect(await outcome(proxy, "/")).toEqual(["MISS", "public"]);
    const bogus = { headers: { authorization: "bogus", "cache-control": "no-cache" } };
    expect(await outcome(proxy, "/", bogus)).toEqual(["MISS", "no"]);
    expect(await outcome(proxy, "/")).toEqual(["HIT", "public"]);
  });

  test("what is asked behind an answer and refused takes nothing away", async () => {
    const refused = Promise.withResolvers<void>();
    let count = 0;
    const proxy = await before(() => {
      if (++count === 2) refused.resolve();
      const headers = { "cache-control": "public, max-age=0, stale-while-revalidate=60" };
      return count === 2 ? new Response("no", { status: 401, headers }) : new Response(`v${count}`, { headers });
    });
    expect(await outcome(proxy, "/")).toEqual(["MISS", "v1"]);
    expect(await outcome(proxy, "/", as("authorization", "bogus"))).toEqual(["STALE", "v1"]);
    await refused.promise;
    expect(await outcome(proxy, "/")).toEqual(["STALE", "v1"]);
  });

  test("RFC 5861 §3: what only one client can validate is validated with what he sent", async () => {
    const proxy = await before((request) => {
      const headers = { "cache-control": "max-age=0, stale-while-revalidate=60", vary: "Cookie" };
      return new Response(`${request.headers.get("cookie")} ${++count}`, { headers });
    });
    let count = 0;
    const mine = as("cookie", "a=1");
    expect(await outcome(proxy, "/", mine)).toEqual(["MISS", "a=1 1"]);
    expect((await outcome(proxy, "/", mine))[0]).toBe("STALE");
    for (;;) {
      const [word, text] = await outcome(proxy, "/", mine);
      expect(word).toBe("STALE");
      if (text !== "a=1 1") break;
    }
  });

  test("RFC 9110 §12.5.5: Vary over what the proxy writes itself is matched by nobody", async () => {
    const proxy = await before((request) => {
      const headers = { vary: "X-Forwarded-For", "cache-control": "max-age=60" };
      return new Response(request.headers.get("x-forwarded-for"), { headers });
    });
    expect(cacheStatus(await ask(proxy, "/"))).toContain("detail=vary-star");
    expect(xCache(await ask(proxy, "/"))).toBe("MISS");
  });
});

describe("nobody decides what others get", () => {
  test("RFC 9111 §4.1: a value that is no list is not taken for one", async () => {
    const proxy = await before((request) => {
      const allowed = request.headers.get("origin") === "https://app.test" ? "yes" : "no";
      return new Response(allowed, { headers: { vary: "Origin", "cache-control": "max-age=60" } });
    });
    expect(await outcome(proxy, "/", as("origin", "https://app.test,"))).toEqual(["MISS", "no"]);
    expect(await outcome(proxy, "/", as("origin", "https://app.test"))).toEqual(["MISS", "yes"]);
  });

  test("each name by which we are asked has answers of its own, and one invalidation is for all of them", async () => {
    const proxy = await before((request) => {
      const name = request.headers.get("x-forwarded-host");
      return new Response(name, { headers: { "cache-control": "max-age=60" } });
    });
    const by = async (host: string, method = "GET") => {
      const message = `${method} /x HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
      const response = await exchange(proxy.port, message);
      return [fieldsOf(response).get("x-cache"), response.slice(response.indexOf("\r\n\r\n") + 4)];
    };
    expect(await by("localhost:6666")).toEqual(["MISS", "localhost:6666"]);
    expect(await by("localhost")).toEqual(["MISS", "localhost"]);
    expect(await by("LOCALHOST")).toEqual(["HIT", "localhost"]);
    expect((await by("api.test", "POST"))[0]).toBe("BYPASS");
    expect((await by("localhost"))[0]).toBe("MISS");
  });
});

describe("RFC 9111 §4.4: what was asked for before a change does not come back after it", () => {
  /** An origin whose first GET reads its state and then waits. */
  async function slow() {
    const reading = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    let version = 1;
    let first = true;
    const proxy = await before(async (request) => {
      if (request.method === "POST") version++;
      const seen = version;
      if (request.method === "GET" && first) {
        first = false;
        reading.resolve();
        await gate.promise;
      }
      return new Response(`v${seen}`, { headers: { "cache-control": "max-age=60" } });
    });
    return { proxy, reading: reading.promise, open: gate.resolve };
  }

  test("a GET that a POST overtakes", async () => {
    const { proxy, reading, open } = await slow();
    const get = ask(proxy, "/");
    await reading;
    expect(await outcome(proxy, "/", { method: "POST" })).toEqual(["BYPASS", "v2"]);
    open();
    const overtaken = await get;
    expect(cacheStatus(overtaken)).toContain("detail=invalidated");
    expect(await overtaken.text()).toBe("v1");
    expect(await outcome(proxy, "/")).toEqual(["MISS", "v2"]);
    expect(await outcome(proxy, "/")).toEqual(["HIT", "v2"]);
  });

  test("a GET that a clear overtakes", async () => {
    const { proxy, reading, open } = await slow();
    const get = outcome(proxy, "/");
    await reading;
    await ask(proxy, "/__admin/clear-cache", { method: "POST" });
    open();
    expect(await get).toEqual(["MISS", "v1"]);
    expect((await outcome(proxy, "/"))[0]).toBe("MISS");
  });
});

test("a stream of events is never replayed on a guess", async () => {
  const events = { headers: { "content-type": "text/event-stream" } };
  const proxy = await before(() => new Response("data: 1\n\n", events));
  for (let i = 0; i < 2; i++) expect((await outcome(proxy, "/events"))[0]).toBe("MISS");
});

test("RFC 9110 §7.6.3: a request that goes round in circles is ended", async () => {
  const proxy = await before(() => new Response("never asked"));
  const via = Array.from({ length: 10 }, () => "1.1 caching-proxy").join(", ");
  const response = await ask(proxy, "/", as("via", via));
  expect(response.status).toBe(508);
  expect(cacheStatus(response)).toContain("detail=loop");
});

test("RFC 9111 §4.3.5: a HEAD that proves nothing makes nothing fresh again", async () => {
  let version = 0;
  const proxy = await before((request) => {
    const headers = { "cache-control": "max-age=0, stale-if-error=60", "content-type": "text/plain" };
    return new Response(request.method === "HEAD" ? null : `v${++version}`, { headers });
  });
  expect(await outcome(proxy, "/")).toEqual(["MISS", "v1"]);
  expect(xCache(await ask(proxy, "/", { method: "HEAD" }))).toBe("MISS");
  expect(await outcome(proxy, "/")).toEqual(["MISS", "v2"]);
});
