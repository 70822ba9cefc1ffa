import { expect, test } from "bun:test";
import { multipartByteranges } from "../../src/http/multipart-byteranges.ts";

const whole = new Blob(["0123456789"]);
const ranges = [
  { first: 7, last: 8 },
  { first: 0, last: 1 },
];

test("RFC 9110 §14.6: each part has its Content-Type and Content-Range", async () => {
  const { body, contentType } = multipartByteranges(whole, ranges, "text/plain", "xyz");
  expect(contentType).toBe("multipart/byteranges; boundary=xyz");
  expect(await body.text()).toBe(
    [
      "--xyz",
      "Content-Type: text/plain",
      "Content-Range: bytes 7-8/10",
      "",
      "78",
      "--xyz",
      "Content-Type: text/plain",
      "Content-Range: bytes 0-1/10",
      "",
      "01",
      "--xyz--",
      "",
    ].join("\r\n"),
  );
});

test("RFC 9110 §14.6: what has no type has parts without one", async () => {
  const { body } = multipartByteranges(whole, ranges, null, "xyz");
  expect(await body.text()).not.toContain("Content-Type");
});
