import { expect, test } from "bun:test";
import { ResponseReader } from "../../bench/load/response-reader.ts";

test.each([
  ["HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwhole", { status: 200, closes: false }],
  ["HTTP/1.1 503 Busy\r\nconnection: close\r\ncontent-length: 2\r\n\r\n\r\n", { status: 503, closes: true }],
  ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nwhole\r\n0\r\n\r\n", { status: 200, closes: false }],
  ["HTTP/1.1 304 Not Modified\r\nETag: a\r\n\r\n", { status: 304, closes: false }],
])("%j is whole with its last byte, however it comes", (text, expected) => {
  const reader = new ResponseReader();
  const bytes = Buffer.from(text);
  for (let round = 0; round < 2; round++) {
    for (let at = 0; at < bytes.length - 1; at++) expect(reader.take(bytes.subarray(at, at + 1))).toBeUndefined();
    expect(reader.take(bytes.subarray(-1))).toEqual(expected);
    expect(reader.take(bytes)).toEqual(expected);
  }
});
