import { expect, test } from "bun:test";
import { multipartByteranges } from "../../src/http/multipart-byteranges.ts";

const whole = new Blob(["0123456789"]);
const ranges = [
  { first: 7, last: 8 },
  { first: 0, last: 1 },
];

test("RFC 9110 §14.6: each part has its Content-Type and Content-Range", async () => {
  const { body, length, contentType } = multipartByteranges(whole, ranges, "text/plain", "xyz");
  expect(contentType).toBe("multipart/byteranges; boundary=xyz");
  const text = await new Response(body).text();
  expect(text.length).toBe(length);
  expect(text).toBe(
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
  expect(await new Response(body).text()).not.toContain("Content-Type");
});

test("RFC 9110 §14.6: parts that are too large to be copied are the same in a stream", async () => {
  const large = new Blob(["0123456789".repeat(50_000)]);
  const parts = [
    { first: 1, last: 299_999 },
    { first: 400_000, last: 499_999 },
  ];
  const { body, length } = multipartByteranges(large, parts, null, "xyz");
  expect(body).toBeInstanceOf(ReadableStream);
  const bytes = await new Response(body).bytes();
  expect(bytes.byteLength).toBe(length);
  const text = new TextDecoder().decode(bytes);
  const all = await large.text();
  for (const { first, last } of parts) {
    expect(text).toContain(
      `Content-Range: bytes ${first}-${last}/500000\r\n\r\n${all.slice(first, last + 1)}\r\n--xyz`,
    );
  }
});

test("the length counts what is sent where the type holds bytes beyond ASCII", async () => {
  const { body, length } = multipartByteranges(whole, ranges, "text/plain; title=\u00e9", "xyz");
  const bytes = await new Response(body).bytes();
  expect(bytes.byteLength).toBe(length);
  expect(Buffer.from(bytes).toString("latin1")).toContain("Content-Type: text/plain; title=\u00e9\r\n");
});
