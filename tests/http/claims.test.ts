import { expect, test } from "bun:test";
import { placeClaimed } from "../../src/http/claims.ts";

const claimed = (fields: Readonly<Record<string, string>>, origin = "https://shop.example") =>
  placeClaimed(new Headers(fields), origin);

test.each([
  [{}],
  [{ "x-forwarded-for": "192.0.2.1", "x-real-ip": "192.0.2.1" }],
  [{ "x-forwarded-port": "443", "x-forwarded-scheme": "https", "x-forwarded-ssl": "on", "front-end-https": "on" }],
  [{ forwarded: "for=192.0.2.1" }],
  [{ forwarded: 'for="[2001:db8::1]:4711";by=_proxy, for=198.51.100.17' }],
  [{ "x-forwarded-prefix": "" }],
])("%j says no more than the name does", (fields) => {
  expect(claimed(fields)).toBeUndefined();
});

test("the port is that of the name, or of its scheme", () => {
  expect(claimed({ "x-forwarded-port": "80" }, "http://shop.example")).toBeUndefined();
  expect(claimed({ "x-forwarded-port": "8080" }, "http://shop.example:8080")).toBeUndefined();
  expect(claimed({ "x-forwarded-port": "80" })).toBeDefined();
});

test.each([
  [{ "x-forwarded-port": "444" }],
  [{ "x-forwarded-prefix": "/evil" }],
  [{ "x-original-host": "evil.example" }],
  [{ forwarded: "for=192.0.2.1;host=evil.example" }],
  [{ forwarded: 'host="evil.example;for=x"' }],
  [{ forwarded: 'host="a;for=evil' }],
])("%j says more", (fields) => {
  expect(claimed(fields)).toMatch(/^claims-[0-9a-f]{32}$/);
});

test("what is said of the client makes no difference, and all else does", () => {
  const said = claimed({ forwarded: "for=192.0.2.1;host=a.example" });
  expect(claimed({ forwarded: "for=192.0.2.2;host=a.example" })).toBe(said);
  expect(claimed({ forwarded: "for=192.0.2.1;host=b.example" })).not.toBe(said);
  expect(claimed({ forwarded: "for=192.0.2.1;host=a.example", "x-forwarded-prefix": "/x" })).not.toBe(said);
});
