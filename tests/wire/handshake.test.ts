import { describe, expect, test } from "bun:test";
import { subprotocols, wantsWebSocket } from "../../src/wire/handshake.ts";

const FIELDS = {
  connection: "Upgrade",
  upgrade: "websocket",
  "sec-websocket-key": "AQIDBAUGBwgJCgsMDQ4PEA==",
  "sec-websocket-version": "13",
};

const asked = (fields: Readonly<Record<string, string>>, method = "GET") =>
  wantsWebSocket(new Request("http://localhost/", { method, headers: { ...FIELDS, ...fields } }));

describe("RFC 6455 §4.2.1: a handshake", () => {
  test.each([
    [{}],
    [{ upgrade: "WebSocket" }],
    [{ upgrade: "h2c, websocket" }],
    [{ connection: "keep-alive, upgrade" }],
  ])("%j is one", (fields) => {
    expect(asked(fields)).toBe(true);
  });

  test.each([
    [{ upgrade: "h2c" }],
    [{ upgrade: "websockets" }],
    [{ connection: "keep-alive" }],
    [{ "sec-websocket-version": "8" }],
    [{ "sec-websocket-version": "13, 8" }],
  ])("%j is none", (fields) => {
    expect(asked(fields)).toBe(false);
  });

  test("needs GET, a key, a version", () => {
    expect(asked({}, "POST")).toBe(false);
    for (const name of Object.keys(FIELDS)) {
      const headers = new Headers(FIELDS);
      headers.delete(name);
      expect(wantsWebSocket(new Request("http://localhost/", { headers }))).toBe(false);
    }
  });
});

describe("subprotocols", () => {
  test.each([
    ["a", ["a"]],
    ["a, B,c.d", ["a", "B", "c.d"]],
    [" a ,, ", ["a"]],
    ["", []],
    ["a, a", undefined],
    ["a b", undefined],
    ['"a"', undefined],
    ["a, (b)", undefined],
  ])("of %j", (field, offered) => {
    expect(subprotocols(new Headers({ "sec-websocket-protocol": field }))).toEqual(offered);
  });

  test("none where the field is absent", () => {
    expect(subprotocols(new Headers())).toEqual([]);
  });
});
