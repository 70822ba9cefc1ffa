import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { stripHopByHop } from "../../src/http/hop-by-hop.ts";
import { fieldValue } from "./arbitrary.ts";

function stripped(fields: Record<string, string>): Record<string, string> {
  const headers = new Headers(fields);
  stripHopByHop(headers);
  return Object.fromEntries(headers);
}

describe("stripHopByHop", () => {
  test.each([
    "Connection",
    "Keep-Alive",
    "Proxy-Authenticate",
    "Proxy-Authentication-Info",
    "Proxy-Authorization",
    "Proxy-Connection",
    "TE",
    "Trailer",
    "Transfer-Encoding",
    "Upgrade",
  ])("RFC 9110 §7.6.1: %s goes without being named", (name) => {
    expect(stripped({ [name]: "x", "x-kept": "1" })).toEqual({ "x-kept": "1" });
  });

  test.each([
    ["one", "X-Gone"],
    ["one in another case", "x-gOnE"],
    ["several", "close, X-Gone ,X-Gone-Too"],
    ["empty members", ", ,x-gone,"],
    ["a name that is not there", "X-Absent, X-Gone"],
    ["itself", "Connection, X-Gone"],
  ])("RFC 9110 §7.6.1: Connection names %s", (_, connection) => {
    expect(stripped({ connection, "x-gone": "1", "x-kept": "1" })).toEqual({ "x-kept": "1" });
  });

  test.each([
    "Cache-Control",
    "Content-Length",
    "Host",
    "Age",
    "Date",
    "Vary",
    "ETag",
    "Expires",
    "Cache-Groups",
    "Cache-Group-Invalidation",
  ])("RFC 9110 §7.6.1: Connection may not take away %s", (name) => {
    expect(stripped({ connection: `close, ${name}`, [name]: "1" })).toEqual({ [name.toLowerCase()]: "1" });
  });

  test.each(['"x-gone"', "x gone", "x-gone: 1", "@", "/", '"', "\u00e9", "x-gone;q=1", "x-gone=1"])(
    "RFC 9110 §7.6.1: %j in Connection is no field name and takes nothing away",
    (connection) => {
      expect(stripped({ connection, "x-gone": "1" })).toEqual({ "x-gone": "1" });
    },
  );

  test("RFC 9110 §7.6.1: no Connection throws, and none takes away what frames and dates the message", () => {
    fc.assert(
      fc.property(fieldValue, (garbage) => {
        const kept = { "cache-control": "no-store", "content-length": "1", date: "x", vary: "*" };
        const connection = `${garbage}, cache-control, content-length, date, vary`;
        expect(stripped({ connection, ...kept })).toEqual(kept);
      }),
    );
  });
});
