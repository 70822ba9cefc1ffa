import { describe, expect, test } from "bun:test";
import * as net from "node:net";
import fc from "fast-check";
import { bracketed, isIPv4, isLoopback, isWildcard, parseHosts, parsePort } from "../../src/config/listen.ts";

test.each([
  ["0", 0],
  ["3000", 3000],
  ["65535", 65_535],
])("port %s", (text, port) => {
  expect(parsePort(text)).toEqual({ ok: true, value: port });
});

test.each(["", "-1", "65536", "3000.5", "1e3", "0x50", " 80", "http", "tcp://10.0.0.1:3000"])("no port: %j", (text) => {
  expect(parsePort(text).ok).toBe(false);
});

test.each([
  ["localhost", ["127.0.0.1", "::1"]],
  ["LOCALHOST", ["127.0.0.1", "::1"]],
  ["127.0.0.1", ["127.0.0.1"]],
  ["[::1]", ["::1"]],
  ["0.0.0.0", ["0.0.0.0"]],
  ["my-host.internal", ["my-host.internal"]],
])("host %s", (text, hosts) => {
  expect(parseHosts(text)).toEqual({ ok: true, value: hosts });
});

test.each(["", "*", "1.2.3", "256.1.1.1", "a b", "http://x", "h:80", "-x"])("no host: %j", (text) => {
  expect(parseHosts(text).ok).toBe(false);
});

describe("isLoopback", () => {
  test.each(["localhost", "127.0.0.1", "127.9.9.9", "::1", "0:0:0:0:0:0:0:1", "::ffff:127.0.0.1"])("%s is", (host) => {
    expect(isLoopback(host)).toBe(true);
  });

  test.each(["0.0.0.0", "::", "10.0.0.1", "::2", "fe80::1%eth0", "::ffff:10.0.0.1", "127.example.com", "::7f00:1"])(
    "%s is not",
    (host) => {
      expect(isLoopback(host)).toBe(false);
    },
  );
});

test("wildcards and brackets", () => {
  expect(["0.0.0.0", "::", "0:0:0:0:0:0:0:0"].map(isWildcard)).toEqual([true, true, true]);
  expect(["127.0.0.1", "::1", "localhost"].map(isWildcard)).toEqual([false, false, false]);
  expect(["::1", "127.0.0.1", "h"].map(bracketed)).toEqual(["[::1]", "127.0.0.1", "h"]);
});

test("an IPv4 address is what node:net takes for one", () => {
  const parts = fc.array(fc.constantFrom("0", "01", "10", "255", "256", "", "a", "1\n"), { maxLength: 6 });
  const mistyped = parts.map((all) => all.join("."));
  fc.assert(fc.property(fc.oneof(fc.ipV4(), mistyped), (text) => expect(isIPv4(text)).toBe(net.isIPv4(text))));
});
