import { expect, test } from "bun:test";
import { parseOrigin } from "../../src/config/origin.ts";
import { shownOrigin, socketOf } from "../../src/http/unix-socket.ts";

test.each([
  ["unix:/run/app.sock", "/run/app.sock", "/", "unix:/run/app.sock"],
  ["unix:/run/A b.sock:/base/", "/run/A b.sock", "/base", "unix:/run/A b.sock:/base"],
  ["http+unix://%2Frun%2Fapp.sock/base", "/run/app.sock", "/base", "unix:/run/app.sock:/base"],
  ["http+unix://%2Frun%2Fapp.sock", "/run/app.sock", "/", "unix:/run/app.sock"],
])("%s leads to %s", (text, path, base, shown) => {
  const url = parseOrigin(text);
  if (!url.ok) throw new Error(url.message);
  expect([socketOf(url.value), url.value.pathname, shownOrigin(url.value)]).toEqual([path, base, shown]);
});

test.each(["unix:", "unix:app.sock", "unix:/a:b", "http+unix://app.sock/x", "http+unix://%2F%zz", "unix:/a:/b?c"])(
  "%s is refused",
  (text) => {
    const url = parseOrigin(text);
    expect(url.ok ? url.value.href : url.message).toStartWith("is no socket: write unix:/run/app.sock");
  },
);

test("an origin with a host is shown as it is", () => {
  expect(socketOf(new URL("https://example.com/a"))).toBeUndefined();
  expect(shownOrigin(new URL("https://example.com/"))).toBe("https://example.com");
});
