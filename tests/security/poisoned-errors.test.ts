import { beforeAll, describe, expect, test } from "bun:test";
import { cleanup } from "../e2e/cleanup.ts";
import { type RunningProxy, startProxy } from "../e2e/proxy.ts";
import { rawOrigin } from "../e2e/raw.ts";
import { type Answer, attack, clean, expectClean } from "./clean.ts";

const shared = cleanup();

/** The errors of the origin and what it says with them, by the number in the path. */
const errors: (readonly [line: string, fields: string])[] = [];

let proxy: RunningProxy;

/** Fails on any request with a hostile field, or one that is too large for it; all else is good. */
beforeAll(async () => {
  const stub = await rawOrigin(shared, (connection, head) => {
    const fails = /^x-hostile/im.test(head) || head.length > 6000;
    const [line, fields] = errors[Number(/^[A-Z]+ \/(\d+)/.exec(head)?.[1])] ?? [NOT_FOUND, ""];
    const [status, body, said] = fails ? [line, "broken", fields] : ["200 OK", "good", GOOD];
    const length = `Connection: close\r\n${said}Content-Length: ${body.length}`;
    connection.end(`HTTP/1.1 ${status}\r\n${length}\r\n\r\n${head.startsWith("HEAD") ? "" : body}`);
  });
  proxy = await startProxy(shared, stub.url, "--ttl 1h");
});

/** A path where a hostile request fails like this. */
function touchy(line: string, fields: string): string {
  return `/${errors.push([line, fields]) - 1}`;
}

const NOT_FOUND = "404 Not Found";
const GOOD = 'Cache-Control: max-age=60\r\nETag: "1"\r\n';
const LAST_MODIFIED = "Last-Modified: Wed, 01 Jan 2020 00:00:00 GMT\r\n";

/** By which an attacker has the origin asked though something is stored. */
const FORCED = [
  [],
  ["Cache-Control: no-cache"],
  ["Cache-Control: max-age=0"],
  ["Pragma: no-cache"],
  ['If-None-Match: "x"'],
];

const ERRORS = [
  "400 Bad Request",
  "403 Forbidden",
  "404 Not Found",
  "405 Method Not Allowed",
  "406 Not Acceptable",
  "411 Length Required",
  "412 Precondition Failed",
  "413 Content Too Large",
  "414 URI Too Long",
  "415 Unsupported Media Type",
  "417 Expectation Failed",
  "421 Misdirected Request",
  "422 Unprocessable Content",
  "429 Too Many Requests",
  "431 Request Header Fields Too Large",
  "500 Internal Server Error",
  "501 Not Implemented",
  "502 Bad Gateway",
  "503 Service Unavailable",
  "504 Gateway Timeout",
];

async function provoke(path: string, field = "X-Hostile: 1"): Promise<Answer[]> {
  const got: Answer[] = [];
  for (const fields of FORCED) got.push(await attack(proxy.port, `GET ${path}`, [field, ...fields]));
  return got;
}

describe.each(ERRORS)("%s that a field of one client brings about", (line) => {
  test("is nobody else's where it states nothing, before and after there is something good", async () => {
    const path = touchy(line, "");
    await provoke(path);
    await expectClean(proxy.port, path, "good");
    const got = await provoke(path);
    for (const { fields } of got) expect(fields.get("cache-status")).not.toContain("; stored");
    await expectClean(proxy.port, path, "good");
  });
});

describe.each([
  "400 Bad Request",
  "406 Not Acceptable",
  "413 Content Too Large",
  "414 URI Too Long",
  "421 Misdirected Request",
  "431 Request Header Fields Too Large",
])("%s, which finds fault with the request", (line) => {
  test.each([
    "Cache-Control: max-age=60\r\n",
    LAST_MODIFIED,
    'Cache-Control: no-cache\r\nETag: "e"\r\n',
    "Cache-Control: no-store\r\n",
  ])("never replaces nor drops what is good, with %j", async (fields) => {
    const path = touchy(line, fields);
    expect((await clean(proxy.port, path)).word).toBe("MISS");
    for (const { status, fields: said } of await provoke(path)) {
      if (status >= 400) expect(said.get("cache-status")).not.toContain("stored");
    }
    expect((await clean(proxy.port, path)).word).toBe("HIT");
    await expectClean(proxy.port, path, "good");
  });

  test("says so where it replaces nothing and states how long it may be kept", async () => {
    const path = touchy(line, "Cache-Control: max-age=60\r\n");
    const [{ fields } = { fields: new Headers() }] = await provoke(path);
    const stores = !/^(?:431|429)/.test(line);
    expect(fields.get("cache-status")?.includes("; stored")).toBe(stores);
    // Whoever purges it has the good one again, which it does not replace any more.
    await attack(proxy.port, `PURGE ${path}`);
    await expectClean(proxy.port, path, "good");
    await provoke(path);
    await expectClean(proxy.port, path, "good");
  });
});

/** What the proxy or the origin says to that; the proxy may just hang up. */
function insolent(path: string, fields: readonly string[]): Promise<Pick<Answer, "status" | "word">> {
  return attack(proxy.port, `GET ${path}`, fields).catch(() => ({ status: 0, word: "none" }));
}

describe("what is too much for somebody", () => {
  test.each([8, 16, 64, 1024])("a field of %i KB", async (size) => {
    const path = touchy("400 Bad Request", LAST_MODIFIED);
    for (const fields of FORCED) {
      const { status, word } = await insolent(path, [`X-A: ${"a".repeat(size * 1024)}`, ...fields]);
      expect(status === 200 ? word : "refused").toBe(status === 200 ? "HIT" : "refused");
      await expectClean(proxy.port, path, "good");
    }
  });

  test.each([8, 16, 64])("many fields of %i KB together", async (size) => {
    const path = touchy("431 Request Header Fields Too Large", LAST_MODIFIED);
    const fields = Array.from({ length: size * 8 }, (_, i) => `X-${i}: ${"a".repeat(120)}`);
    for (const forced of FORCED) {
      expect((await insolent(path, [...fields, ...forced])).status).not.toBe(200);
    }
    await expectClean(proxy.port, path, "good");
  });

  test.each([8, 16, 64])("a target of %i KB has a key of its own, or is refused", async (size) => {
    const path = touchy("414 URI Too Long", `Cache-Control: max-age=60\r\n${LAST_MODIFIED}`);
    await insolent(`${path}?${"a".repeat(size * 1024)}`, []);
    await expectClean(proxy.port, path, "good");
    await expectClean(proxy.port, `${path}?a`, "good");
  });
});

describe("control characters in a field", () => {
  test.each(["\x01", "\x07", "\x1b", "\x7f", "\0", "\r", "\n", "\x0b"])(
    "%j is refused, or makes nobody else fail",
    async (sign) => {
      const path = touchy("400 Bad Request", "Cache-Control: max-age=60\r\n");
      await expectClean(proxy.port, path, "good");
      for (const fields of FORCED) {
        await insolent(path, [`X-Meta: a${sign}X-Hostile: b`, ...fields]);
        await insolent(path, [`X${sign}Meta: a`, ...fields]);
      }
      expect((await clean(proxy.port, path)).word).toBe("HIT");
      await expectClean(proxy.port, path, "good");
    },
  );
});

describe("who waits for an attacker's request", () => {
  test.each(["400 Bad Request", "431 Request Header Fields Too Large", "403 Forbidden"])(
    "asks for himself after %s",
    async (line) => {
      const gate = Promise.withResolvers<void>();
      const arrived = Promise.withResolvers<void>();
      const stub = await rawOrigin(shared, async (connection, head) => {
        const fails = /^x-hostile/im.test(head);
        if (fails) {
          arrived.resolve();
          await gate.promise;
        }
        connection.end(
          fails
            ? `HTTP/1.1 ${line}\r\nConnection: close\r\nContent-Length: 6\r\n\r\nbroken`
            : `HTTP/1.1 200 OK\r\nConnection: close\r\n${GOOD}Content-Length: 4\r\n\r\ngood`,
        );
      });
      const proxy = await startProxy(shared, stub.url);
      const hostile = attack(proxy.port, "GET /x", ["X-Hostile: 1"]);
      await arrived.promise;
      const waiting = Array.from({ length: 5 }, () => clean(proxy.port, "/x"));
      // They are known to wait once the proxy has answered who came after them.
      await attack(proxy.port, "GET /__admin/stats");
      gate.resolve();
      expect((await hostile).body).toBe("broken");
      for (const { body } of await Promise.all(waiting)) expect(body).toBe("good");
      await expectClean(proxy.port, "/x", "good");
    },
  );
});
