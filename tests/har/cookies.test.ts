import { expect, test } from "bun:test";
import { requestCookies, responseCookies } from "../../src/har/cookies.ts";

test("of requests", () => {
  expect(
    requestCookies([
      ["Cookie", "a=1; b=x=y; bare;"],
      ["x", "c=3"],
    ]),
  ).toEqual([
    { name: "a", value: "1" },
    { name: "b", value: "x=y" },
    { name: "bare", value: "" },
  ]);
});

test("of responses", () => {
  const line = "a=1; Path=/x; Domain=a.test; Expires=Fri, 20 Nov 2026 09:15:02 GMT; HttpOnly; secure";
  expect(
    responseCookies([
      ["set-cookie", line],
      ["Set-Cookie", "b=2; Expires=never"],
    ]),
  ).toEqual([
    {
      ...{ name: "a", value: "1", path: "/x", domain: "a.test", expires: "2026-11-20T09:15:02.000Z" },
      ...{ httpOnly: true, secure: true },
    },
    { name: "b", value: "2", httpOnly: false, secure: false },
  ]);
});
