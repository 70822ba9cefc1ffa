import { describe, expect, test } from "bun:test";
import { cleanup } from "./cleanup.ts";
import { counted, origin } from "./origin.ts";
import { ask, cacheStatus, outcome, type RunningProxy, startProxy, xCache } from "./proxy.ts";
import { connect } from "./raw.ts";

const shared = cleanup();

const WORDS = ["MISS", "HIT", "STALE", "REVALIDATED", "BYPASS"];

/** A proxy that has given one answer of each kind, and what they said of themselves. */
async function exercised(flags: string): Promise<{ proxy: RunningProxy; answers: Response[] }> {
  const stub = origin(shared, {
    "/a": counted({ "cache-control": "max-age=60" }),
    "/stale": counted({ "cache-control": "max-age=0, stale-while-revalidate=60" }),
    "/etag": (request) =>
      new Response(request.headers.has("if-none-match") ? null : "e", {
        status: request.headers.has("if-none-match") ? 304 : 200,
        headers: { etag: '"1"', "cache-control": "no-cache" },
      }),
  });
  const proxy = await startProxy(shared, stub.url, flags);
  const answers: Response[] = [];
  const asking: [string, RequestInit?][] = [
    ["/a?x=1"],
    ["/a?x=1"],
    ["/stale"],
    ["/stale"],
    ["/etag"],
    ["/etag"],
    ["/a?x=1", { method: "POST" }],
    ["/none", { headers: { "cache-control": "only-if-cached" } }],
    ["/nothing", { method: "HEAD" }],
  ];
  for (const [path, init] of asking) {
    const response = await ask(proxy, path, init);
    await response.text();
    answers.push(response);
  }
  await ask(proxy, "/health");
  return { proxy, answers };
}

type Line = {
  readonly time: string;
  readonly method: string;
  readonly path: string;
  readonly client: string;
  readonly status: number;
  readonly outcome: string;
  readonly durationMs: number;
  readonly originMs?: number;
  readonly cacheStatus: string;
};

const EXPECTED = [
  ["GET", "/a?x=1", 200, "MISS"],
  ["GET", "/a?x=1", 200, "HIT"],
  ["GET", "/stale", 200, "MISS"],
  ["GET", "/stale", 200, "STALE"],
  ["GET", "/etag", 200, "MISS"],
  ["GET", "/etag", 200, "REVALIDATED"],
  ["POST", "/a?x=1", 200, "BYPASS"],
  ["GET", "/none", 504, "MISS"],
  ["HEAD", "/nothing", 404, "MISS"],
] as const;

/** All that it wrote to standard output, once it has ended. */
async function written(proxy: RunningProxy): Promise<string[]> {
  proxy.signal("SIGTERM");
  expect(await proxy.exited).toBe(0);
  await proxy.stdout.ended;
  return proxy.stdout.all;
}

describe("the access log has one line a request", () => {
  test("as JSON where nobody reads it on a terminal, and says what the answer's fields say", async () => {
    const { proxy, answers } = await exercised("");
    expect(answers.map((answer, i) => [EXPECTED[i]?.[0], EXPECTED[i]?.[1], answer.status, xCache(answer)])).toEqual(
      EXPECTED.map((row) => [...row]),
    );
    const records = (await written(proxy)).map((line): Line => JSON.parse(line));
    expect(records.map(({ method, path, status }) => [method, path, status])).toEqual(
      EXPECTED.map(([method, path, status]) => [method, path, status]),
    );
    expect(records.map((record) => record.cacheStatus)).toEqual(answers.map(cacheStatus));
    expect(records.map((record) => record.outcome)).toEqual([
      ...["miss", "hit", "miss", "stale", "miss", "revalidated", "bypass", "error", "miss"],
    ]);
    for (const record of records) {
      expect(record.client).toBe("127.0.0.1");
      expect(Date.parse(record.time)).toBeGreaterThan(1e12);
      expect(record.durationMs).toBeGreaterThan(0);
    }
    expect(records.map((record) => "originMs" in record)).toEqual([
      ...[true, false, true, false, true, true, true, false, true],
    ]);
    expect(records[1]).toMatchObject({ bytes: 1 });
  });

  test("pretty, in plain text away from a terminal, after the start-up lines", async () => {
    const { proxy } = await exercised("--log pretty");
    const all = await written(proxy);
    const lines = all.filter((line) => /^\d\d:\d\d:\d\d /.test(line));
    expect(all[0]).toStartWith("caching-proxy ");
    expect(lines).toHaveLength(EXPECTED.length);
    expect(all.join("\n")).not.toContain("\u001B");
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d GET 200 MISS \/a\?x=1 [\d.]+ms 1B fresh \d+s$/);
    expect(all[all.indexOf(lines[0] ?? "") + 1]).toBe("         nothing is stored for this URL (RFC 9111 §4)");
    expect(lines[1]).toMatch(/^\d\d:\d\d:\d\d GET 200 HIT \/a\?x=1 [\d.]+ms 1B fresh \d+s$/);
    const onlyIfCached = lines.find((line) => line.includes(" /none ")) ?? "";
    expect(all[all.indexOf(onlyIfCached) + 1]).toContain("only-if-cached");
    for (const [i, [method, path, status]] of EXPECTED.entries()) {
      expect(lines[i]).toContain(` ${method} ${status} `);
      expect(lines[i]).toContain(` ${path} `);
    }
  });

  test.each(["common", "combined"])("%s, as Apache writes it", async (format) => {
    const stub = origin(shared, counted({}));
    const proxy = await startProxy(shared, stub.url, `--log ${format}`);
    const raw = await connect(shared, proxy.port);
    const fields = 'Referer: http://a/\r\nUser-Agent: "caf\u00c3\u00a9" \\\t200';
    raw.write(`GET /a?b=%22 HTTP/1.1\r\nHost: localhost\r\n${fields}\r\nConnection: close\r\n\r\n`);
    await raw.closed;
    const [line, ...others] = await written(proxy);
    const end = format === "common" ? "" : ' "http://a/" "\\"caf\\xc3\\xa9\\" \\\\\\t200"';
    expect(line?.replace(/\[[^\]]+\]/, "[time]")).toBe(`127.0.0.1 - - [time] "GET /a?b=%22 HTTP/1.1" 200 1${end}`);
    expect(others).toEqual([]);
  });

  test("or none at all with --log off", async () => {
    const { proxy } = await exercised("--log off");
    expect(await written(proxy)).toEqual([]);
  });

  test("a path cannot forge a line or colour the terminal", async () => {
    const stub = origin(shared, counted({}));
    const proxy = await startProxy(shared, stub.url, "--log pretty");
    await outcome(proxy, "/a%0a12:00:00%20GET%1b[31m");
    const lines = (await written(proxy)).filter((line) => /^\d\d:\d\d:\d\d /.test(line));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(" /a%0a12:00:00%20GET%1b[31m ");
  });
});

test("X-Cache and Cache-Status stand on each answer, errors included, once and in their own words", async () => {
  const { proxy, answers } = await exercised("");
  const unreachable = await startProxy(shared, "http://127.0.0.1:9");
  answers.push(await ask(unreachable, "/"), await ask(unreachable, "/", { method: "POST" }));
  answers.push(await ask(proxy, "/a?x=1", { method: "TRACE" }));
  for (const answer of answers) {
    expect(WORDS).toContain(xCache(answer));
    expect(cacheStatus(answer)).toMatch(
      /^caching-proxy(; (hit|stored|(fwd|key|detail)=("[^"]*"|[a-z-]+)|(fwd-status|ttl)=-?\d+))+$/,
    );
  }
});
