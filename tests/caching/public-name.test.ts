import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { publicName, publicOrigin } from "../../src/caching/public-name.ts";

const origin = (authority: string, scheme = "http") => publicOrigin(publicName(scheme, authority));

describe("publicName", () => {
  test("RFC 9110 §4.2.3: names compare without case", () => {
    expect(origin("API.test", "HTTP")).toBe(origin("api.TEST"));
  });

  test("another port or scheme is another name, for what is forwarded differs", () => {
    expect(origin("localhost:1")).not.toBe(origin("localhost:2"));
    expect(origin("localhost", "https")).not.toBe(origin("localhost"));
  });

  test("a name that is in its one form stays in it", () => {
    fc.assert(
      fc.property(fc.oneof(fc.domain(), fc.webAuthority()), (authority) => {
        const once = publicName("http", authority);
        expect(publicName(once.scheme, once.authority)).toEqual(once);
      }),
    );
  });
});
