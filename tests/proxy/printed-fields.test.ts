import { describe, expect, test } from "bun:test";
import { PrintedFields } from "../../src/proxy/printed-fields.ts";
import { stored } from "../caching/build.ts";

const hit = (ttl: number, key = "/a") => ({ type: "hit", ttl, key }) as const;
const one = stored({ fields: { "cache-control": "max-age=60", "set-cookie": "a=1" } });

describe("PrintedFields", () => {
  test("RFC 9111 §5.1, RFC 9211 §2: the stored fields, Age, and what was decided", () => {
    const fields = new PrintedFields().of(one, 7, hit(53));
    expect(fields.get("age")).toBe("7");
    expect(fields.get("x-cache")).toBe("HIT");
    expect(fields.get("cache-status")).toBe('caching-proxy; hit; ttl=53; key="/a"');
    expect(fields.get("cache-control")).toBe("max-age=60");
    expect(one.headers.has("age")).toBe(false);
  });

  test("hits of the same second share them; later ones don't", () => {
    const printed = new PrintedFields();
    const first = printed.of(one, 7, hit(53));
    expect(printed.of(one, 7, hit(53))).toBe(first);
    expect(printed.of(one, 8, hit(52)).get("age")).toBe("8");
    expect(printed.of(one, 8, hit(51)).get("cache-status")).toContain("ttl=51");
  });

  test("what was freshened meanwhile, at the same time of the same age, has its own", () => {
    const printed = new PrintedFields();
    printed.of(one, 7, hit(53));
    const other = { ...one, headers: new Headers({ "x-a": "new" }) };
    expect(printed.of(other, 7, hit(53)).get("x-a")).toBe("new");
  });

  test("RFC 6265 §3: a cookie is shared as long as it is fresh", () => {
    const printed = new PrintedFields();
    expect(printed.of(one, 59, hit(1)).has("set-cookie")).toBe(true);
    expect(printed.of(one, 60, hit(-1)).has("set-cookie")).toBe(false);
  });
});
