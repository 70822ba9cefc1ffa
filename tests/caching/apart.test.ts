import { expect, test } from "bun:test";
import { apartFrom, askedOrigin, isApart } from "../../src/caching/apart.ts";

test.each(["http://localhost:3000", "https://[::1]:8443", "https://shop.example"])(
  "%s with a name in front",
  (origin) => {
    const named = apartFrom(origin, "rules-1");
    expect(named).not.toBe(origin);
    expect([isApart(named), isApart(origin)]).toEqual([true, false]);
    expect([askedOrigin(named), askedOrigin(origin)]).toEqual([origin, origin]);
    // What a client says by such a URL is the origin without it.
    expect(new URL(`${named}/a`).origin).toBe(origin);
  },
);
