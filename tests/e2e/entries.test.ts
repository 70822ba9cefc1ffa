import { beforeAll, describe, expect, test } from "bun:test";
import { cleanup } from "./cleanup.ts";
import { origin, type StubOrigin } from "./origin.ts";
import { ask, outcome, type RunningProxy, runCommand, startProxy } from "./proxy.ts";
import { lineToEach } from "./workers.ts";

const shared = cleanup();
let stub: StubOrigin;
let proxy: RunningProxy;

type Entry = { readonly url: string; readonly bytes: number; readonly hits: number; readonly worker?: number };
type Answer = { readonly entries: readonly Entry[]; readonly next?: string };

beforeAll(async () => {
  stub = origin(shared, (request) => {
    const { pathname, searchParams } = new URL(request.url);
    const headers = new Headers({ "cache-control": "public, max-age=600" });
    if (pathname === "/stale") headers.set("cache-control", "max-age=0, stale-while-revalidate=600");
    if (pathname === "/tagged") headers.set("cache-groups", '"blue"');
    if (pathname === "/variants") headers.set("vary", "Accept-Encoding, Authorization");
    if (pathname === "/cookie") headers.set("set-cookie", "session=verysecret; Path=/");
    return new Response("x".repeat(Number(searchParams.get("size") ?? 10)), { headers });
  });
  proxy = await startProxy(shared, stub.url, "--log off");
  for (const path of ["/a/1", "/a/2", "/big?size=20000", "/stale", "/tagged", "/cookie"]) await outcome(proxy, path);
  for (let i = 0; i < 3; i++) await outcome(proxy, "/a/2");
  await outcome(proxy, "/variants");
  await outcome(proxy, "/variants", { headers: { "accept-encoding": "gzip", authorization: "Bearer verysecret" } });
});

async function entries(query = ""): Promise<Answer> {
  const response = await ask(proxy, `/__admin/entries${query}`);
  expect(response.status).toBe(200);
  return JSON.parse(await response.text());
}

const paths = ({ entries }: Answer) => entries.map(({ url }) => url.slice(stub.url.length));

describe("GET /__admin/entries", () => {
  test("lists all by URL", async () => {
    const all = ["/a/1", "/a/2", "/big?size=20000", "/cookie", "/stale", "/tagged", "/variants", "/variants"];
    const answer = await entries();
    expect(paths(answer)).toEqual(all);
    expect(answer).toMatchObject({ origin: stub.url, sort: "key", complete: true });
    expect(answer.next).toBeUndefined();
  });

  test.each([
    ["?prefix=/a/", ["/a/1", "/a/2"]],
    ["?tag=blue", ["/tagged"]],
    ["?state=stale", ["/stale"]],
    ["?sort=size&limit=1", ["/big?size=20000"]],
    ["?sort=hits&limit=1", ["/a/2"]],
  ])("%s", async (query, expected) => {
    expect(paths(await entries(query))).toEqual(expected);
  });

  test.each(["key", "size", "hits", "age"])("page by page by %s, each once", async (sort) => {
    const found: string[] = [];
    let page = await entries(`?sort=${sort}&limit=3`);
    for (;;) {
      found.push(...paths(page));
      if (page.next === undefined) break;
      page = await entries(`?sort=${sort}&limit=3&cursor=${page.next}`);
    }
    expect(found).toHaveLength(8);
    expect(found.toSorted()).toEqual(paths(await entries()));
  });

  test("url= shows all of one, and no secret of anybody's", async () => {
    const response = await ask(proxy, "/__admin/entries?url=/variants");
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({
      entries: [
        {
          selecting: { "accept-encoding": "gzip", authorization: "***" },
          lifetime: { seconds: 600, source: "max-age" },
        },
        { selecting: { "accept-encoding": null, authorization: null } },
      ],
    });
    const cookie = await (await ask(proxy, "/__admin/entries?url=/cookie")).text();
    expect(cookie).toContain('["set-cookie","session=***; Path=/"]');
    expect(text + cookie).not.toContain("verysecret");
  });

  test("looking is no use: hits stay", async () => {
    const hits = async () => (await entries("?prefix=/a/2")).entries[0]?.hits;
    const before = await hits();
    expect(before).toBe(3);
    await entries("?url=/a/2");
    expect(await hits()).toBe(3);
  });

  test("a question that makes no sense is a 400 that says why", async () => {
    const response = await ask(proxy, "/__admin/entries?sort=name");
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining("is no order: write key")]);
  });

  test("is guarded like all of them", async () => {
    const guarded = await startProxy(shared, stub.url, "--admin-token s3cret --log off");
    expect((await ask(guarded, "/__admin/entries")).status).toBe(401);
  });
});

describe("caching-proxy entries", () => {
  async function run(...args: readonly string[]) {
    const command = runCommand(shared, ["entries", "--port", String(proxy.port), ...args]);
    const code = await command.exited;
    await Promise.all([command.stdout.ended, command.stderr.ended]);
    return { code, lines: command.stdout.all, said: command.stderr.all.join("\n") };
  }

  test("is a table", async () => {
    const { code, lines } = await run("--sort", "size", "--limit", "2");
    expect([code, lines[0]]).toEqual([0, expect.stringMatching(/^STATUS +SIZE +AGE +FRESH FOR +HITS +URL$/)]);
    expect(lines[1]).toMatch(/^ +200 +2\d\.?\d? kb +\d+s +\d+m\d+s +0 +\/big\?size=20000$/);
    expect(lines[3]).toStartWith("there is more: ");
  });

  test.each<[string[], number]>([
    [["--prefix", "/a/"], 2],
    [["/a/"], 2],
    [["--tag", "blue"], 1],
    [["--state", "stale"], 1],
  ])("%j", async (args, count) => {
    expect((await run(...args)).lines).toHaveLength(1 + count);
  });

  test("of one URL, by whichever name", async () => {
    for (const name of ["/cookie", `${stub.url}/cookie`, `http://localhost:${proxy.port}/cookie`]) {
      const { lines } = await run(name);
      expect(lines[0]).toBe("/cookie");
      expect(lines).toContain("  set-cookie: session=***; Path=/");
    }
  });

  test("as JSON", async () => {
    const { lines } = await run("--json", "--limit", "1");
    expect(JSON.parse(lines.join(""))).toMatchObject({ entries: [{ status: 200 }], next: expect.any(String) });
  });

  test.each([
    [["--sort", "name"], 2, 'sort "name" is no order: write key'],
    [["http://elsewhere.example/"], 2, "is on elsewhere.example, which is neither the proxy"],
    [["/a", "--prefix", "/b"], 2, "two questions"],
    [["--port", "1"], 2, "--port is given twice"],
  ])("%j is refused", async (args, code, message) => {
    expect(await run(...args)).toEqual({ code, lines: [], said: expect.stringContaining(message) });
  });

  test("nothing there", async () => {
    expect((await run("/none")).lines).toEqual(["nothing of that is stored"]);
  });
});

test("several workers: what each has, from whichever is asked", async () => {
  const several = await startProxy(shared, stub.url, "--workers 2 --log off");
  const [first, second] = await lineToEach(shared, several, 2);
  await first?.get("/w/1");
  await first?.get("/w/both");
  await second?.get("/w/2");
  await second?.get("/w/both");
  const expected = ["/w/1 1", "/w/2 2", "/w/both 1", "/w/both 2"];
  for (const line of [first, second]) {
    const text = (await line?.get("/__admin/entries")) ?? "";
    const answer: Answer = JSON.parse(text.slice(text.indexOf("\r\n\r\n")));
    expect(answer.entries.map(({ url, worker }) => `${url.slice(stub.url.length)} ${worker}`).toSorted()).toEqual(
      expected,
    );
  }
});
