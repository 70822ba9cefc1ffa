import { beforeAll, describe, expect, spyOn, test } from "bun:test";
import { refusal } from "../../src/admin/guard.ts";
import type { Incoming } from "../../src/http/exchange.ts";
import { cleanup } from "../e2e/cleanup.ts";
import { startRuled } from "../e2e/folder.ts";
import type { RunningProxy } from "../e2e/proxy.ts";
import { connect, hasHead, type RawOrigin } from "../e2e/raw.ts";
import { type Answer, attack, clean, expectClean, reflectingOrigin } from "./clean.ts";

const shared = cleanup();
const TOKEN = "0123456789abcdef";

let stub: RawOrigin;
let open: RunningProxy;
let guarded: RunningProxy;

/** Rules that would let pages of other sites read answers, and take every path for what is to be cached. */
const RULES = [
  { cors: true, ttl: "1h", response: { headers: { "x-ruled": "1", "cache-control": "public, max-age=60" } } },
  { scenario: "outage", response: { status: 503 } },
] as const;

beforeAll(async () => {
  stub = await reflectingOrigin(shared);
  [open, guarded] = await Promise.all([
    startRuled(shared, stub.url, RULES),
    startRuled(shared, stub.url, RULES, `--admin-token ${TOKEN}`),
  ]);
  for (const proxy of [open, guarded]) expect((await clean(proxy.port, "/kept")).word).toBe("MISS");
});

/** All that the admin paths do: what shows something, and what changes something with a body that would. */
const SHOWS = [
  ...["stats", "metrics", "entries", "recent", "explain?url=/kept", "history", "fixtures", "rules", "export", "lanes"],
  ...["lanes/-", "lanes/-/requests"],
].map((path) => `GET /__admin/${path}`);
const CHANGES: readonly (readonly [string, string])[] = [
  ["POST /__admin/clear-cache", ""],
  ["POST /__admin/purge", '{"everything":true}'],
  ["POST /__admin/refresh", '{"url":"/kept"}'],
  ["POST /__admin/compare", '{"url":"/kept"}'],
  ["POST /__admin/import", '{"log":{"version":"1.2","creator":{"name":"x","version":"1"},"entries":[]}}'],
  ["PUT /__admin/scenario", '{"scenario":"outage"}'],
  ["PUT /__admin/rules", '{"rules":[{"response":{"body":"evil"}}]}'],
  ["DELETE /__admin/lanes/-", ""],
  ["PURGE /kept", ""],
];
const ALL = [...SHOWS.map((line) => [line, ""] as const), ...CHANGES];

/** Asks as a browser or a program would that an attacker has in his hands. */
function wicked(proxy: RunningProxy, [line, body]: readonly [string, string], fields: readonly string[], host: string) {
  const framing = body === "" && !line.startsWith("P") ? [] : [`Content-Length: ${body.length}`];
  return attack(proxy.port, line, [...framing, ...fields], body, host);
}

/** Nothing has been changed, and nothing of ours has become an answer of the origin's. */
async function expectUntouched(proxy: RunningProxy): Promise<void> {
  expect((await clean(proxy.port, "/kept")).word).toBe("HIT");
  await expectClean(proxy.port, "/kept", "GET /kept HTTP/1.1\n\n");
}

function expectOurs({ fields, body }: Answer): void {
  expect(fields.get("cache-control")).toBe("no-store");
  expect(fields.get("x-cache")).toBeNull();
  expect(fields.get("x-ruled")).toBeNull();
  expect(fields.get("access-control-allow-origin")).toBeNull();
  expect(body).not.toContain(TOKEN);
}

describe("on loopback", () => {
  test.each(ALL)("%s is not for names that DNS was made to point here", async (line, body) => {
    for (const host of [
      "evil.example",
      `evil.example:${open.port}`,
      "127.0.0.1.evil.example",
      "localhost.",
      "a.localhost",
    ]) {
      const asked = stub.heads.length;
      const got = await wicked(open, [line, body], ["Sec-Fetch-Site: same-origin", `Origin: http://${host}`], host);
      expect([host, got.status]).toEqual([host, 403]);
      expectOurs(got);
      expect(stub.heads).toHaveLength(asked);
    }
    await expectUntouched(open);
  });

  test.each(ALL)("%s is not for pages of other sites, nor for their forms", async (line, body) => {
    for (const fields of [
      ["Origin: https://evil.example", "Content-Type: text/plain"],
      ["Origin: null", "Content-Type: text/plain;charset=UTF-8"],
      ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors", "Content-Type: application/x-www-form-urlencoded"],
      ["Sec-Fetch-Site: same-site", "Content-Type: multipart/form-data"],
      ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"],
      ["Origin: http://localhost:1"],
      [`Origin: https://localhost:${open.port}`],
      [`Origin: http://a.localhost:${open.port}`],
    ]) {
      const got = await wicked(open, [line, body], fields, `localhost:${open.port}`);
      expect([fields, got.status]).toEqual([fields, 403]);
      expectOurs(got);
    }
    await expectUntouched(open);
  });

  test("a preflight of another site allows nothing", async () => {
    for (const [line] of ALL) {
      const path = line.split(" ")[1] ?? "";
      if (!path.startsWith("/__admin")) continue;
      const fields = ["Origin: https://evil.example", "Access-Control-Request-Method: PUT"];
      const got = await attack(open.port, `OPTIONS ${path}`, fields, "", `localhost:${open.port}`);
      expect([path, got.status]).toEqual([path, 403]);
      expectOurs(got);
    }
    await expectUntouched(open);
  });

  test("no name in a field makes another name this machine's", async () => {
    for (const field of ["X-Forwarded-Host: localhost", "Forwarded: host=localhost", "X-Original-Host: localhost"]) {
      const got = await attack(open.port, "GET /__admin/stats", [field], "", "evil.example");
      expect(got.status).toBe(403);
    }
    const absolute = await attack(open.port, "GET http://localhost/__admin/stats", [], "", "evil.example");
    expect(absolute.status).toBe(403);
  });

  test("whom another proxy on this machine forwards is not of this machine", async () => {
    for (const field of ["X-Forwarded-For: 203.0.113.9", "Forwarded: for=203.0.113.9", "X-Real-IP: 203.0.113.9"]) {
      for (const operation of ALL) {
        const got = await wicked(open, operation, [field], `127.0.0.1:${open.port}`);
        expect([operation[0], got.status]).toEqual([operation[0], 403]);
      }
    }
    await expectUntouched(open);
  });
});

describe("with a token", () => {
  const GUESSES = [
    [],
    ["Authorization: Bearer"],
    ["Authorization: Bearer "],
    [`Authorization: Bearer ${TOKEN.slice(0, -1)}`],
    [`Authorization: Bearer ${TOKEN}0`],
    [`Authorization: Bearer ${TOKEN.toUpperCase()}`],
    [`Authorization: Bearer ${TOKEN}, Bearer x`],
    [`Authorization: Bearer x`, `Authorization: Bearer ${TOKEN}`],
    [`Authorization: Basic ${btoa(`:${TOKEN}`)}`],
    [`Authorization: ${TOKEN}`],
    [`Cookie: token=${TOKEN}`],
    [`X-Admin-Token: ${TOKEN}`],
    [`Proxy-Authorization: Bearer ${TOKEN}`],
  ];

  test.each(ALL)("%s wants the whole of it, and says nothing of how near a guess was", async (line, body) => {
    const bodies = new Set<string>();
    for (const fields of GUESSES) {
      const got = await wicked(guarded, [line, body], fields, `localhost:${guarded.port}`);
      expect([fields, got.status]).toEqual([fields, 401]);
      expect(got.fields.get("www-authenticate")).toBe('Bearer realm="caching-proxy"');
      expectOurs(got);
      bodies.add(got.body);
    }
    expect(bodies.size).toBe(1);
    await expectUntouched(guarded);
  });

  test("it is not taken from the URL", async () => {
    for (const query of [`?token=${TOKEN}`, `?access_token=${TOKEN}`, `?admin-token=${TOKEN}`]) {
      expect((await attack(guarded.port, `GET /__admin/stats${query}`)).status).toBe(401);
    }
    expect((await attack(guarded.port, `GET http://x:${TOKEN}@localhost/__admin/stats`)).status).not.toBe(200);
    await expectUntouched(guarded);
  });

  test("whoever holds it is let in, and his answers are nobody else's", async () => {
    // Of fixtures there are none here.
    for (const line of SHOWS.filter((each) => !each.endsWith("/fixtures"))) {
      const got = await attack(guarded.port, line, [`Authorization: Bearer ${TOKEN}`]);
      expect([line, got.status]).toEqual([line, 200]);
      expectOurs(got);
      expect((await clean(guarded.port, line.split(" ")[1] ?? "")).status).toBe(401);
    }
    await expectUntouched(guarded);
  });
});

describe("what changes something", () => {
  test.each(CHANGES)("%s does so by no GET, whatever it says of its method", async (line) => {
    const path = line.split(" ")[1] ?? "";
    if (!path.startsWith("/__admin")) return;
    for (const method of ["GET", "HEAD", "QUERY", "OPTIONS"]) {
      for (const field of ["X-A: b", "X-HTTP-Method-Override: POST", "X-HTTP-Method-Override: PUT"]) {
        const got = await attack(open.port, `${method} ${path}?_method=POST`, [field], "", `localhost:${open.port}`);
        expect(got.body).not.toMatch(/"(?:cleared|purged|stored)":|"scenario":"/);
      }
    }
    await expectUntouched(open);
  });
});

describe("our own paths", () => {
  test("are neither cached nor proxied, by whatever method, nor do they exist under names that look alike", async () => {
    const asked = stub.heads.length;
    for (const path of [
      "/__admin",
      "/__admin/",
      "/__admin/nothing",
      "/__admin/stats/x",
      "/__admin/lanes/a/b",
      "/health",
    ]) {
      for (const method of ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "QUERY", "PROPFIND"]) {
        const got = await attack(open.port, `${method} ${path}`, ["Content-Length: 0"], "", `localhost:${open.port}`);
        expect(got.fields.get("x-cache")).toBeNull();
        if (![308, 200].includes(got.status)) expectOurs(got);
      }
    }
    for (const path of ["/x/../__admin/stats", "/./__admin/stats", "\\__admin\\stats"]) {
      const got = await attack(open.port, `GET ${path}`, [], "", `localhost:${open.port}`);
      expect([path, got.fields.get("x-cache")]).toEqual([path, null]);
    }
    expect(stub.heads).toHaveLength(asked);
    // These are the origin's own: nothing of ours answers there.
    for (const path of [
      "/__Admin/stats",
      "/__admin%2fstats",
      "//__admin/stats",
      "/%5f_admin/stats",
      "/__admin;/stats",
      "/__adminx",
    ]) {
      const got = await attack(open.port, `GET ${path}`, [], "", `localhost:${open.port}`);
      expect(got.body).toContain("HTTP/1.1\n");
    }
    await expectUntouched(open);
  });

  test("a WebSocket to one of them is not bridged", async () => {
    const asked = stub.heads.length;
    const raw = await connect(shared, open.port);
    raw.write(
      `GET /__admin/events HTTP/1.1\r\nHost: evil.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    );
    expect(await raw.until(hasHead)).toStartWith("HTTP/1.1 403");
    expect(stub.heads).toHaveLength(asked);
    await expectUntouched(open);
  });
});

test("a token is compared in a time that says nothing of it, nor of its length", () => {
  using compare = spyOn(crypto, "timingSafeEqual");
  const incoming = (value: string): Incoming => {
    const headers = new Headers({ authorization: value });
    return { request: new Request("http://localhost/"), url: new URL("http://localhost/"), headers, client: () => "" };
  };
  for (const guess of ["", "Bearer x", `Bearer ${TOKEN}x`, `Bearer ${TOKEN}`]) {
    refusal(incoming(guess), { type: "token", token: TOKEN });
  }
  expect(compare.mock.calls.map((sides) => sides.map(({ byteLength }) => byteLength))).toEqual(
    Array.from({ length: 4 }, () => [32, 32]),
  );
});
