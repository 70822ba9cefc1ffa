import { beforeAll, describe, expect, test } from "bun:test";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { WrittenRule } from "../../src/config/written.ts";
import { cleanup } from "../e2e/cleanup.ts";
import { startRuled } from "../e2e/folder.ts";
import { type RunningProxy, startProxy } from "../e2e/proxy.ts";
import type { RawOrigin } from "../e2e/raw.ts";
import { scratch } from "../store/scratch.ts";
import { attack, clean, expectClean, reflectingOrigin } from "./clean.ts";

const shared = cleanup();

let stub: RawOrigin;
let proxy: RunningProxy;

/** What a field of one client switches on: an answer of our own, a fault, another status. */
const RULES: readonly WrittenRule[] = [
  { match: { headers: { "x-own": "*" } }, response: { body: "evil" } },
  { match: { headers: { "x-status": "*" } }, response: { status: 404 } },
  {
    match: { headers: { "x-fields": "*" } },
    response: { headers: { "x-evil": "1", location: "http://evil.example/" } },
  },
  { match: { headers: { "x-fault": "*" } }, fault: { type: "truncated", rate: 1 } },
  { match: { headers: { "x-error": "*" } }, fault: { type: "status", status: 503, rate: 1 } },
  { match: { headers: { "x-else": "*" } }, origin: "http://127.0.0.1:1" },
  { match: { headers: { "x-kept": "*" } }, ttl: "1h", key: { ignore: ["q"] } },
  { match: { headers: { "x-past": "*" } }, cache: false },
  { match: { headers: { "x-cors": "*" } }, cors: true },
  { scenario: "outage", response: { status: 503, body: "evil" } },
];
const FIELDS = RULES.flatMap(({ match }) => (typeof match === "object" ? Object.keys(match.headers ?? {}) : []));

beforeAll(async () => {
  stub = await reflectingOrigin(shared);
  proxy = await startRuled(shared, stub.url, RULES);
});

describe("a rule about a field of the request", () => {
  test.each(FIELDS)("%s: what it does is done to who sends that alone", async (name) => {
    const path = `/r?q=${crypto.randomUUID()}`;
    for (const more of [[], ["Cache-Control: no-cache"]]) {
      await attack(proxy.port, `GET ${path}`, [`${name}: 1`, "Origin: http://a.example", ...more]).catch(
        () => undefined,
      );
    }
    const { status, body, fields } = await clean(proxy.port, path);
    expect([status, body.startsWith(`GET ${path} HTTP/1.1\n`)]).toEqual([200, true]);
    for (const evil of ["x-evil", "location", "access-control-allow-origin"]) expect(fields.get(evil)).toBeNull();
    expect((await clean(proxy.port, `${path}0`)).body).toBe(`GET ${path}0 HTTP/1.1\n\n`);
    await expectClean(proxy.port, `${path}0`, `GET ${path}0 HTTP/1.1\n\n`);
  });
});

describe("the name of a lane", () => {
  test.each([
    "../x",
    "a b",
    "A",
    "-a",
    "a_b",
    "a.b",
    "a".repeat(64),
    "a, b",
    "\xff",
    "a%0d%0aX: 1",
    "a;b",
    "__proto__",
    "constructor ",
  ])("%j is none, or a name like any other", async (name) => {
    const asked = stub.heads.length;
    const { status } = await attack(proxy.port, `GET /l?${crypto.randomUUID()}`, [`X-Lane: ${name}`]);
    expect(status).toBe(name === "constructor " ? 200 : 400);
    expect(stub.heads.slice(asked).join("")).not.toMatch(/x-lane/i);
    await expectClean(proxy.port, "/clean", "GET /clean HTTP/1.1\n\n");
  });

  test.each(["-a.localhost", "a_b.localhost", `${"a".repeat(64)}.localhost`])(
    "nor does Host %s lead anywhere",
    async (host) => {
      const asked = stub.heads.length;
      expect((await clean(proxy.port, "/clean", host)).status).toBe(400);
      expect(stub.heads).toHaveLength(asked);
      await expectClean(proxy.port, "/clean", "GET /clean HTTP/1.1\n\n");
    },
  );

  test("is not told to the origin, by field or by host, and what a lane brings is what anybody would", async () => {
    for (const [host, fields] of [
      ["localhost", ["X-Lane: evil"]],
      ["evil.localhost", []],
      ["evil.localhost", ["X-Lane: evil", "X-Forwarded-Host: evil.example"]],
    ] as const) {
      const path = `/l?${crypto.randomUUID()}`;
      const asked = stub.heads.length;
      expect((await attack(proxy.port, `GET ${path}`, fields, "", host)).word).toBe("MISS");
      expect(stub.heads.slice(asked).join("")).not.toContain("evil");
      await expectClean(proxy.port, path, `GET ${path} HTTP/1.1\n\n`);
    }
  });

  test("the scenario of one lane is nobody else's", async () => {
    const path = `/l?${crypto.randomUUID()}`;
    const body = '{"scenario":"outage","lane":"evil"}';
    await attack(proxy.port, "PUT /__admin/scenario", [`Content-Length: ${body.length}`], body);
    for (const fields of [["X-Lane: evil"], ["X-Lane: evil", "Cache-Control: no-cache"]]) {
      expect((await attack(proxy.port, `GET ${path}`, fields)).body).toBe("evil");
    }
    await expectClean(proxy.port, path, `GET ${path} HTTP/1.1\n\n`);
  });

  test("means nothing where there are no lanes: the field is one like any other", async () => {
    const plain = await startProxy(
      shared,
      (await reflectingOrigin(shared, "Cache-Control: max-age=60\r\nVary: X-Lane\r\n")).url,
    );
    expect((await attack(plain.port, "GET /x", ["X-Lane: evil"])).body).toContain("X-Lane: evil");
    await expectClean(plain.port, "/x", "GET /x HTTP/1.1\n\n");
  });
});

test("what is recorded for all holds nothing of what a client claims", async () => {
  const folder = scratch(shared);
  const recording = await startProxy(shared, stub.url, `--fixtures ${folder}`);
  for (const field of [
    "X-Forwarded-Host: evil",
    "X-Original-URL: /evil",
    "X-HTTP-Method-Override: EVIL",
    "X-Lane: evil",
  ]) {
    await attack(recording.port, `GET /f/${field.split(":")[0]}`, [field]);
  }
  await attack(recording.port, "GET /f/last", [], "", "evil.example");
  await expectClean(recording.port, "/f/X-Original-URL", "GET /f/X-Original-URL HTTP/1.1\n\n");
  recording.signal("SIGTERM");
  await recording.exited;
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const texts = await Promise.all(
    files.filter((each) => each.isFile()).map((each) => Bun.file(join(each.parentPath, each.name)).text()),
  );
  expect(texts.length).toBeGreaterThan(3);
  expect(texts.join("\n").toLowerCase()).not.toContain("evil");
});
