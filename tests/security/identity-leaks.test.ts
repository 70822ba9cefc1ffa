import { beforeAll, describe, expect, test } from "bun:test";
import { cleanup } from "../e2e/cleanup.ts";
import { type RunningProxy, startProxy } from "../e2e/proxy.ts";
import { rawOrigin } from "../e2e/raw.ts";
import { attack, clean } from "./clean.ts";

const shared = cleanup();

/** What the origin says beside its answer, by the number in the path. */
const said: string[] = [];

let proxy: RunningProxy;

/** Greets whoever asks, and sets a cookie that says who that was. */
beforeAll(async () => {
  const stub = await rawOrigin(shared, (connection, head) => {
    const who = /^(?:cookie|authorization|x-[a-z-]+|[a-z_]+[_-](?:key|token)|dpop): (?:sid=)?(victim|other)/im.exec(
      head,
    )?.[1];
    const body = `hello ${who ?? "nobody"}`;
    const fields = said[Number(/^GET \/(\d+)/.exec(head)?.[1])] ?? "";
    const own = fields.replaceAll("victim", who ?? "nobody");
    connection.end(`HTTP/1.1 200 OK\r\nConnection: close\r\n${own}Content-Length: ${body.length}\r\n\r\n${body}`);
  });
  proxy = await startProxy(shared, stub.url, "--ttl 1h");
});

/** A path whose answers have these fields, each with its line end. */
function answeredWith(fields: string): string {
  return `/${said.push(fields) - 1}`;
}

/** Whoever comes after the victim gets what is his own, now, later and when the origin is asked whether it still holds. */
async function expectApart(path: string, victim: readonly string[]): Promise<void> {
  expect((await attack(proxy.port, `GET ${path}`, victim)).body).toBe("hello victim");
  for (const fields of [[], ["Cache-Control: max-stale"], ["Cache-Control: max-age=0"], ["Cookie: sid=other"]]) {
    const { body, fields: got } = await attack(proxy.port, `GET ${path}`, fields);
    expect(body).toBe(fields[0]?.startsWith("Cookie") ? "hello other" : "hello nobody");
    expect([...got.values()].join()).not.toContain("victim");
  }
}

const VALIDATORS = 'ETag: "1"\r\nLast-Modified: Wed, 01 Jan 2020 00:00:00 GMT\r\n';

/** Ways in which origins say that an answer is for one person, or not to be kept; some are wrong, and what is meant is plain. */
const KEPT_FROM_OTHERS = [
  "private",
  "PRIVATE",
  "Private, max-age=60",
  " ,, private ,",
  "max-age=60, private",
  "max-age=60,private",
  "max-age=60,\tprivate",
  "public, private",
  "public, max-age=60, s-maxage=60, private",
  "private, max-age=60, public",
  "private=",
  'private=""',
  'private="',
  "private=,max-age=60",
  "private=true, max-age=60",
  'private="true x", max-age=60',
  'private="Set-Cookie, max-age=60',
  'private="a b", max-age=60',
  'private="@"',
  "private ; max-age=60",
  "private; max-age=60",
  "max-age=60; private",
  "public; max-age=60; private",
  "s-maxage=60;private",
  "private max-age=60",
  "max-age=60 private",
  "private = x, max-age=60",
  "private :x, max-age=60",
  '"private", max-age=60',
  '"private, max-age=60"',
  "'private', max-age=60",
  "Cache-Control: private, max-age=60",
  'max-age=60, x="a, private',
  'max-age=60, x="\\", private',
  'private, private="set-cookie", max-age=60',
  'private="set-cookie", private, max-age=60',
  'no-cache="x", private, max-age=60',
  "no-store",
  "No-Store",
  "no-store, max-age=60",
  "max-age=60; no-store",
  "no-store; max-age=60",
  "no-store=x, max-age=60",
  'no-store="", max-age=60',
  "no-store max-age=60",
  "max-age=60, must-understand, private",
  "\xa0private, max-age=60",
  "max-age=60,\xa0no-store",
];

describe("Cache-Control of a page that is somebody's", () => {
  test.each(KEPT_FROM_OTHERS)("%s: nobody else gets it", async (value) => {
    for (const more of ["", VALIDATORS, "Set-Cookie: sid=victim\r\n", "Expires: Thu, 01 Jan 2099 00:00:00 GMT\r\n"]) {
      await expectApart(answeredWith(`Cache-Control: ${value}\r\n${more}`), ["Cookie: sid=victim"]);
    }
  });

  test.each([
    ["twice", "Cache-Control: max-age=60\r\nCache-Control: private\r\n"],
    ["in any case", "CACHE-CONTROL: private\r\ncache-control: public, max-age=60\r\n"],
    ["beside a length of Expires", "Cache-Control: private\r\nExpires: Thu, 01 Jan 2099 00:00:00 GMT\r\n"],
    ["with nothing for caches in particular", "CDN-Cache-Control:\r\nCache-Control: private, max-age=60\r\n"],
    [
      "with garbage for caches in particular",
      "CDN-Cache-Control: max-age=60 private\r\nCache-Control: private, max-age=60\r\n",
    ],
    ["for caches in particular", "CDN-Cache-Control: private, max-age=60\r\nCache-Control: public, max-age=60\r\n"],
    ["as a parameter for caches", "CDN-Cache-Control: private;max-age=60\r\nCache-Control: public, max-age=60\r\n"],
  ])("said %s", async (_, fields) => {
    await expectApart(answeredWith(fields), ["Cookie: sid=victim"]);
  });

  test.each([
    "max-age=60",
    "max-age=60;",
    "max-age=60; x",
    'max-age=60, x="private"',
    "max-age=60, x-private",
    "max-age=60, notprivate",
  ])("%s keeps nobody from it", async (value) => {
    const path = answeredWith(`Cache-Control: ${value}\r\n`);
    expect((await clean(proxy.port, path)).word).toBe("MISS");
    expect((await clean(proxy.port, path)).word).toBe(value.startsWith("max-age=60;") ? "MISS" : "HIT");
  });
});

describe("fields that say who asks", () => {
  const WHO = [
    "Authorization: victim",
    "Cookie: sid=victim",
    "X-Api-Key: victim",
    "X-Auth-Token: victim",
    "X-Username: victim",
    "X-Login: victim",
    "X-Forwarded-User: victim",
    "X-Forwarded-Preferred-Username: victim",
    "X-Ms-Client-Principal: victim",
    "X-Ms-Client-Principal-Name: victim",
    "X-Amzn-Oidc-Data: victim",
    "X-Amzn-Oidc-Identity: victim",
    "X-Client-Cert: victim",
    "X-Tenant-Id: victim",
    "X-Account-Id: victim",
    "X_Api_Key: victim",
    "Api_Key: victim",
    "Access_Token: victim",
    "DPoP: victim",
  ];

  test.each(WHO)("%s: what states nothing is nobody else's", async (field) => {
    for (const fields of ["", VALIDATORS, "Set-Cookie: sid=victim\r\n", "Cache-Control: no-cache\r\n"]) {
      await expectApart(answeredWith(fields), [field]);
    }
  });

  test.each(["max-age=60", "private", "no-cache", "max-age=60, proxy-revalidate", "immutable, max-age=60"])(
    "RFC 9111 §3.5: Authorization and %s: nobody else's either",
    async (value) => {
      const path = answeredWith(`Cache-Control: ${value}\r\n${VALIDATORS}`);
      expect((await attack(proxy.port, `GET ${path}`, ["Authorization: victim"])).body).toBe("hello victim");
      expect((await attack(proxy.port, `GET ${path}`, ["Authorization: other"])).body).toBe("hello other");
      for (let i = 0; i < 2; i++) expect((await clean(proxy.port, path)).body).toBe("hello nobody");
    },
  );

  test("a cookie that a private answer sets is not stored with what is left of it", async () => {
    const path = answeredWith('Cache-Control: private="set-cookie", max-age=60\r\nSet-Cookie: sid=victim\r\n');
    expect((await attack(proxy.port, `GET ${path}`, ["X-Theme: victim"])).fields.getSetCookie()).toEqual([
      "sid=victim",
    ]);
    const { word, fields } = await clean(proxy.port, path);
    expect([word, fields.getSetCookie()]).toEqual(["HIT", []]);
  });
});
