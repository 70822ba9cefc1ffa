import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { addressOf, type Names } from "../../src/commands/warm-address.ts";

const names: Names = {
  proxy: new URL("http://localhost:3000"),
  origin: new URL("http://api.example"),
  host: undefined,
  adminPrefix: "/__admin",
};
const based: Names = { ...names, origin: new URL("https://api.example:8443/base") };
const called: Names = { ...names, host: "shop.example" };

describe("where on the proxy something is", () => {
  test.each<[string, Names, string, string]>([
    ["/", names, "localhost:3000", "/"],
    ["/a?b=c&a=1#f", names, "localhost:3000", "/a?b=c&a=1"],
    ["/a b/../c", names, "localhost:3000", "/c"],
    ["//api.example/x", names, "localhost:3000", "//api.example/x"],
    ["http://localhost:3000/x", names, "localhost:3000", "/x"],
    ["HTTP://LOCALHOST:3000/x", names, "localhost:3000", "/x"],
    // Each name of the proxy has responses of its own.
    ["http://127.0.0.1:3000/x", names, "127.0.0.1:3000", "/x"],
    ["http://[::1]:3000/x", names, "[::1]:3000", "/x"],
    ["http://api.example/x?y", names, "localhost:3000", "/x?y"],
    ["http://api.example", names, "localhost:3000", "/"],
    ["https://api.example/x", names, "localhost:3000", "/x"],
    ["https://api.example:8443/base/x", based, "localhost:3000", "/x"],
    ["https://api.example:8443/base", based, "localhost:3000", "/"],
    ["https://api.example:8443/base?q", based, "localhost:3000", "/?q"],
    ["/x", called, "shop.example", "/x"],
    ["https://shop.example/x", called, "shop.example", "/x"],
    ["http://localhost:3000/x", called, "shop.example", "/x"],
    ["http://api.example/x", called, "shop.example", "/x"],
    ["http://10.0.0.5/x", { ...names, proxy: new URL("http://10.0.0.5") }, "10.0.0.5", "/x"],
  ])("%s", (text, by, authority, path) => {
    expect(addressOf(text, by)).toEqual({ ok: true, value: { authority, path } });
  });

  test("whatever the path: as the proxy's, the origin's, or alone", () => {
    fc.assert(
      fc.property(fc.webPath(), fc.webQueryParameters(), (path, query) => {
        const suffix = `/${path}?${query}`;
        const { pathname, search } = new URL(`http://h${suffix}`);
        for (const before of ["", "http://localhost:3000", "http://api.example"]) {
          expect(addressOf(before + suffix, names)).toMatchObject({ value: { path: pathname + search } });
        }
        expect(addressOf(`https://api.example:8443/base${suffix}`, based)).toMatchObject(
          // Dot segments may lead out of the base.
          new URL(`http://h/base${suffix}`).pathname.startsWith("/base/") ? { ok: true } : { ok: false },
        );
      }),
    );
  });
});

describe("what is refused", () => {
  test.each<[string, Names, string]>([
    [
      "http://evil.example/x",
      names,
      "is on evil.example, which is neither the proxy (http://localhost:3000) nor its origin (http://api.example)",
    ],
    ["http://evil.example/x", names, 'pass -H "Host: evil.example"'],
    ["http://localhost/x", names, "is on localhost, which"],
    ["http://localhost:3001/x", names, "is on localhost:3001, which"],
    ["http://api.example:8080/x", names, "is on api.example:8080, which"],
    ["http://api.example.evil.example/x", names, "neither"],
    ["https://api.example:8443/other", based, "is not below the proxy's origin https://api.example:8443/base"],
    ["https://api.example:8443/based", based, "is not below"],
    ["https://api.example:8443/base/../x", based, "is not below"],
    ["http://user:pw@api.example/x", names, "holds credentials"],
    ["ftp://api.example/x", names, "is neither a path"],
    ["x", names, "is neither a path"],
    ["http://", names, "is neither a path"],
    ["/__admin", names, "is one of the proxy's own paths"],
    ["http://api.example/__admin/clear-cache", names, "is one of the proxy's own paths"],
  ])("%s", (text, by, message) => {
    expect(addressOf(text, by)).toEqual({ ok: false, message: expect.stringContaining(message) });
  });
});
