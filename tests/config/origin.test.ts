import { describe, expect, test } from "bun:test";
import { parseOrigin } from "../../src/config/origin.ts";

describe("parseOrigin", () => {
  test.each([
    ["http://dummyjson.com", "http://dummyjson.com/"],
    ["HTTPS://Example.COM:443/", "https://example.com/"],
    ["http://localhost:8080/api/v1/", "http://localhost:8080/api/v1"],
    ["http://h/a//", "http://h/a"],
    ["http://[::1]:8080/x", "http://[::1]:8080/x"],
  ])("%s is %s", (text, href) => {
    const parsed = parseOrigin(text);
    expect(parsed.ok && parsed.value.href).toBe(href);
  });

  test.each([
    ["localhost:8080", "did you mean http://localhost:8080?"],
    ["dummyjson.com", "did you mean http://dummyjson.com?"],
    ["dummyjson.com/products", "did you mean http://dummyjson.com/products?"],
    ["127.0.0.1:80", "did you mean http://127.0.0.1:80?"],
    ["http:dummyjson.com", "is not a URL"],
    ["http:/dummyjson.com", "is not a URL"],
    ["/products", "is not a URL"],
    ["", "is not a URL"],
    ["ftp://h", "must begin with http:// or https://"],
    ["file:///etc/passwd", "must begin with http:// or https://"],
    ["http://", "is not a valid URL"],
    ["http://h:99999", "is not a valid URL"],
    ["http://a b/", "is not a valid URL"],
    ["http://h\\x", "is not a valid URL"],
    ["http://user:pass@h", "holds credentials"],
    ["http://user@h", "holds credentials"],
    ["http://h/?a=1", "a query or a fragment"],
    ["http://h/?", "a query or a fragment"],
    ["http://h/#x", "a query or a fragment"],
  ])("%j is refused: %s", (text, reason) => {
    const parsed = parseOrigin(text);
    expect(parsed.ok ? "accepted" : parsed.message).toContain(reason);
  });
});
