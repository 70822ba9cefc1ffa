import { expect, test } from "bun:test";
import fc from "fast-check";
import { masking } from "../../src/http/masked.ts";

const mask = masking([]);
const JWT = `eyJhbGciOiJIUzI1NiJ9.${Buffer.from('{"sub":"someone"}').toString("base64url")}.c2lnbmF0dXJl`;

test.each([
  ["/x?api_key=s3cr3t&page=2", "/x?api_key=***&page=2"],
  ["/x?apiKey=s3cr3t", "/x?apiKey=***"],
  ["/x?page=2&access_token=a", "/x?page=2&access_token=***"],
  ["/x?password=hunter2;more&y=1", "/x?password=***&y=1"],
  ["/x?a=1;api_key=s3cr3t;b=2", "/x?a=1;api_key=***"],
  ["/x?api%5Fkey=s3cr3t", "/x?api%5Fkey=***"],
  ["/x?user[password]=hunter2", "/x?user[password]=***"],
  ["/x?token=swordfish", "/x?token=***"],
  ["/x?sig=short", "/x?sig=***"],
  ["/x?X-Amz-Signature=0f&X-Amz-Date=20260101", "/x?X-Amz-Signature=***&X-Amz-Date=20260101"],
  ["/callback?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkj77", "/callback?code=***&state=***"],
  ["/cart;jsessionid=0A1B2C3D?page=1", "/cart;jsessionid=***?page=1"],
  [`/files/${JWT}/a`, "/files/***/a"],
  ["/x?next=https%3A%2F%2Fa%2F%3Faccess_token%3Dabc", "/x?next=***"],
  ["/x?next=https%3A%2F%2Fuser%3Apw%40a%2F", "/x?next=***"],
  ["https://a/b?api_key=s3cr3t#access_token=t", "https://a/b?api_key=***#access_token=***"],
  ['/x?a=1&api_key=s3cr3t params=("a")', '/x?a=1&api_key=*** params=("a")'],
])("%s is shown as %s", (text, shown) => {
  expect(mask(text)).toBe(shown);
});

test.each([
  "/products/1",
  "/x?code=DE&country=FR&key=name&state=open",
  "/x?page_token=CAUQAA&next_token=abcdefgh12345678",
  "/x?q=50%25+off&path=%2Fa%2Fb",
  "/x?next=https%3A%2F%2Fa%2F%3Fpage%3D2",
  "/x?api_key=",
  "/x?api_key",
  "/x?%FF=%E0%A4%A",
])("%s is shown as it is, but for an empty secret", (text) => {
  expect(mask(text).replace("=***", "=")).toBe(text);
});

test("further names are secrets, and names with ! are none", () => {
  const own = masking(["iban", "x-my-*", "!code"]);
  expect(own("/x?iban=DE02&xMyThing=1&code=SplxlOBeZQQYbYS6WxSbIA")).toBe(
    "/x?iban=***&xMyThing=***&code=SplxlOBeZQQYbYS6WxSbIA",
  );
  expect(masking(["!*"])("/x?api_key=s3cr3t")).toBe("/x?api_key=s3cr3t");
});

const NAMES = [
  "api_key",
  "apiKey",
  "access_token",
  "password",
  "client_secret",
  "X-Api-Key",
  "refresh-token",
  "sig",
  "token",
];

test("no value of a parameter that is named like a credential is left, however it is written and among whatever", () => {
  const word = fc.stringMatching(/^[a-z0-9%;&=?+/.-]{0,12}$/);
  fc.assert(
    fc.property(word, fc.constantFrom(...NAMES), word, (before, name, after) => {
      expect(mask(`/p?${before}&${name}=Qz7secretQz7&${after}`)).not.toContain("Qz7secretQz7");
    }),
  );
});

test("masks a masked text no further", () => {
  const part = fc.constantFrom(
    "a",
    "token",
    "api_key",
    "=",
    "&",
    "?",
    "#",
    ";",
    "/",
    "%3D",
    "%26token%3D",
    "eyJ",
    "+",
    " ",
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
      const once = mask(`/${parts.join("")}`);
      expect(mask(once)).toBe(once);
    }),
  );
});

test("takes time in proportion to what it reads, whatever that is", () => {
  // What took time by the square of the length would go on for minutes.
  for (const piece of [";", "a=;", "&", "?=", "%3D", "%253D", "token=;", "eyJ", "https%3A//"]) {
    expect(mask(`/x?${piece.repeat(50_000)}`)).toStartWith("/x?");
  }
});

test("a target without anything coded in it is masked like one that has some", () => {
  const part = fc.constantFrom("a", "token", "api_key", "=", "=", "&", "&", "1", "q");
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
      const query = parts.join("");
      // The fragment alone makes the difference.
      expect(mask(`/p&q?${query}`)).toBe(mask(`/p&q?${query}#`).slice(0, -1));
    }),
  );
});
