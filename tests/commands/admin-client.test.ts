import { afterEach, describe, expect, test } from "bun:test";
import { askAdmin, openAdmin } from "../../src/commands/admin-client.ts";
import type { Target } from "../../src/config/target.ts";

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

/** A local server, and the target that names it. */
function serverThat(answer: (request: Request) => Response, adminToken?: string): Target {
  const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: answer });
  cleanups.push(() => server.stop(true));
  return { host: "127.0.0.1", port: server.port ?? 0, adminPrefix: "/__admin", adminToken, pinned: undefined };
}

/** A local socket that says something else than HTTP to whoever speaks to it. */
function socketThatSays(text: string): Target {
  const listener = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      data(socket) {
        socket.end(text);
      },
    },
  });
  cleanups.push(() => listener.stop(true));
  return { host: "127.0.0.1", port: listener.port, adminPrefix: "/__admin", adminToken: undefined, pinned: undefined };
}

const messageOf = async (target: Target) => {
  const answer = await askAdmin(target, "POST", "clear-cache");
  return answer.ok ? "answered" : answer.message;
};

test("asks by the method, the path and the token, and gives the JSON", async () => {
  const seen: unknown[] = [];
  const target = serverThat((request) => {
    seen.push([request.method, new URL(request.url).pathname, request.headers.get("authorization")]);
    return Response.json({ cleared: 3 });
  }, "secret");
  expect(await askAdmin(target, "POST", "clear-cache")).toEqual({
    ok: true,
    value: { cleared: 3 },
    text: '{"cleared":3}',
  });
  expect(seen).toEqual([["POST", "/__admin/clear-cache", "Bearer secret"]]);
});

test("no token, no Authorization", async () => {
  const target = serverThat((request) => Response.json({ authorization: request.headers.has("authorization") }));
  expect(await askAdmin(target, "GET", "stats")).toMatchObject({ value: { authorization: false } });
});

test("a proxy of the environment is not asked", async () => {
  const target = serverThat(() => Response.json({ cleared: 0 }));
  const elsewhere = serverThat(() => Response.json({ cleared: 99 }));
  const before = process.env.HTTP_PROXY;
  process.env.HTTP_PROXY = `http://127.0.0.1:${elsewhere.port}`;
  cleanups.push(() => {
    if (before === undefined) delete process.env.HTTP_PROXY;
    else process.env.HTTP_PROXY = before;
  });
  expect(await askAdmin(target, "POST", "clear-cache")).toMatchObject({ value: { cleared: 0 } });
});

describe("who is there", () => {
  test("nobody", async () => {
    const target = serverThat(() => new Response());
    for (const cleanup of cleanups.splice(0)) cleanup();
    const message = await messageOf(target);
    expect(message).toContain(`no caching-proxy runs on port ${target.port}`);
    expect(message).toContain(`bun start --port ${target.port} --origin URL`);
  });

  test.each<[string, () => Response]>([
    ["a page", () => new Response("<html>hello</html>", { headers: { "Content-Type": "text/html" } })],
    ["an error page", () => new Response("no", { status: 404 })],
    ["a redirect", () => Response.redirect("http://127.0.0.1:1/", 302)],
    ["an API that lacks the path", () => Response.json({ error: "no such thing" }, { status: 404 })],
    ["a flood", () => new Response(new Uint8Array(2 * 1024 * 1024).fill(49))],
  ])("%s", async (_name, answer) => {
    const target = serverThat(answer);
    expect(await messageOf(target)).toContain(`something other than caching-proxy answers on port ${target.port}`);
  });

  test.each(["SSH-2.0-OpenSSH_9.9\r\n", ""])("a server that says %j", async (text) => {
    expect(await messageOf(socketThatSays(text))).toContain("something other than caching-proxy answers");
  });

  test("a proxy whose admin paths are elsewhere", async () => {
    const target = serverThat(
      () => new Response("{}", { status: 404, headers: { "Cache-Status": "caching-proxy; fwd=method" } }),
    );
    expect(await messageOf(target)).toContain("pass the --admin-prefix it was started with");
  });

  test.each([401, 403])("a proxy that wants a token (%d)", async (status) => {
    const problem = () => Response.json({ title: "no" }, { status });
    expect(await messageOf(serverThat(problem))).toContain("wants its admin token");
    expect(await messageOf(serverThat(problem, "wrong"))).toContain("does not accept this admin token");
    expect(await messageOf(serverThat(problem, "wrong"))).toContain("CACHING_PROXY_ADMIN_TOKEN");
  });

  test("a proxy that fails says why, without control characters", async () => {
    const target = serverThat(() =>
      Response.json({ title: "Broken", detail: "the store\u001B[2J is gone" }, { status: 500 }),
    );
    expect(await messageOf(target)).toBe(`port ${target.port} answered with status 500: the store[2J is gone`);
  });
});

describe("a stream of events", () => {
  const events = { headers: { "Content-Type": "text/event-stream; charset=utf-8" } };
  const opened = (target: Target, signal = new AbortController().signal) => openAdmin(target, "events?filter=", signal);

  test("is opened with the token", async () => {
    const target = serverThat(({ url, headers }) => {
      return new Response(`${new URL(url).search} ${headers.get("authorization")} ${headers.get("accept")}`, events);
    }, "secret");
    const answer = await opened(target);
    expect(answer.ok && (await new Response(answer.body).text())).toBe("?filter= Bearer secret text/event-stream");
  });

  test.each<[string, () => Response, object]>([
    ["JSON", () => Response.json({}), { message: expect.stringContaining("something other than caching-proxy") }],
    [
      "a 401",
      () => Response.json({ title: "no" }, { status: 401 }),
      { message: expect.stringContaining("admin token") },
    ],
    [
      "a filter that it cannot read",
      () => Response.json({ title: "Bad", detail: "The filter cannot be read." }, { status: 400 }),
      { message: "the filter cannot be read", isRefused: true },
    ],
    [
      "a stream from behind the proxy",
      () => new Response("", { headers: { ...events.headers, "Cache-Status": "caching-proxy; fwd=uri-miss" } }),
      { message: expect.stringContaining("pass the --admin-prefix it was started with") },
    ],
  ])("is not %s", async (_, answer, expected) => {
    const refusal = await opened(serverThat(answer));
    expect(refusal).toMatchObject({ ok: false, ...expected });
    expect(refusal).not.toHaveProperty("isAway");
  });

  test("where nobody answers, that is said", async () => {
    const target = serverThat(() => new Response());
    for (const cleanup of cleanups.splice(0)) cleanup();
    expect(await opened(target)).toMatchObject({ ok: false, isAway: true });
  });

  test("ends with the signal, also before it begins", async () => {
    const target = serverThat(() => new Response("", events));
    expect(await opened(target, AbortSignal.abort())).toMatchObject({ ok: false });
  });
});
