import { describe, expect, test } from "bun:test";
import { parseStore } from "../../src/config/store.ts";
import type { TierSetting } from "../../src/store/tier.ts";

const GB = 1_000_000_000;

function server(host: string, port = 11_211): { host: string; port: number } {
  return { host, port };
}

const read: readonly (readonly [text: string, setting: TierSetting])[] = [
  ["sqlite:cache.db", { type: "sqlite", path: "cache.db", maxBytes: GB }],
  ["sqlite:./a b/cache.db", { type: "sqlite", path: "./a b/cache.db", maxBytes: GB }],
  ["SQLite:/var/cache.db", { type: "sqlite", path: "/var/cache.db", maxBytes: GB }],
  ["sqlite:C:\\cache.db", { type: "sqlite", path: "C:\\cache.db", maxBytes: GB }],
  ["redis://localhost", { type: "redis", url: "redis://localhost" }],
  ["redis://localhost:6380/2", { type: "redis", url: "redis://localhost:6380/2" }],
  ["redis://localhost/", { type: "redis", url: "redis://localhost/" }],
  ["rediss://user:p%2Fw@redis.example", { type: "redis", url: "rediss://user:p%2Fw@redis.example" }],
  ["valkey://[::1]:6379", { type: "redis", url: "valkey://[::1]:6379" }],
  ["valkeys://a", { type: "redis", url: "valkeys://a" }],
  ["memcached://localhost", { type: "memcached", servers: [server("localhost")] }],
  ["Memcached://Localhost:11212/", { type: "memcached", servers: [server("localhost", 11_212)] }],
  ["memcached://a:80", { type: "memcached", servers: [server("a", 80)] }],
  ["memcached://a:0080", { type: "memcached", servers: [server("a", 80)] }],
  ["memcached://a,b:1,a:65535", { type: "memcached", servers: [server("a"), server("b", 1), server("a", 65_535)] }],
  ["memcached://10.0.0.1:2,10.0.0.1", { type: "memcached", servers: [server("10.0.0.1", 2), server("10.0.0.1")] }],
  ["memcached://my_cache.internal", { type: "memcached", servers: [server("my_cache.internal")] }],
];

test.each([...read])("%s", (text, setting) => {
  expect(parseStore(text, GB)).toEqual({ ok: true, value: setting });
});

describe("no store", () => {
  test.each([
    ["", "is not a store"],
    ["memory", "is not a store"],
    ["localhost:6379", "is not a store"],
    ["http://localhost", "is not a store"],
    [" redis://localhost", "is not a store"],
    ["sqlite:", "names no file"],
    ["sqlite:dir/", "names no file"],
    ["sqlite://cache.db", "has slashes"],
    ["sqlite::memory:", "would keep nothing"],
    ["redis:", "names no host"],
    ["redis:localhost", "names no host"],
    ["redis://", "names no host"],
    ["redis://localhost:99999", "is not a URL"],
    ["redis://localhost/cache", "number of a database"],
    ["redis://localhost/1/2", "number of a database"],
    ["redis://localhost?db=1", "a query or a fragment"],
    ["redis://localhost#1", "a query or a fragment"],
    ["memcached:", "names no servers"],
    ["memcached:localhost", "names no servers"],
    ["memcached://", "names no servers"],
    ["memcached://a,", "names no servers"],
    ["memcached://a,,b", "names no servers"],
    ["memcached://a b", "names no servers"],
    ["memcached://a?", "names no servers"],
    ["memcached://a/b", "names no servers"],
    ["memcached://user:pw@a", "names no servers"],
    ["memcached://:11211", "names no servers"],
    ["memcached://a:", "names no servers"],
    ["memcached://1.2.3", "names no servers"],
    ["memcached://::1", "names no servers"],
    ["memcached://[::1]:2", "by an IPv6 address, [::1]:2"],
    ["memcached://a:0", "names a port that is none, 0"],
    ["memcached://a:65536", "names a port that is none, 65536"],
    ["memcached://a,A:11211", "names A:11211 twice"],
  ])("%j %s", (text, why) => {
    expect(parseStore(text, GB)).toEqual({ ok: false, message: expect.stringContaining(why) });
  });
});
