import { expect, test } from "bun:test";
import { readMessage, responsesIn } from "./messages.ts";
import { Finding } from "./target.ts";

const get = { type: "request" } as const;
const response = { type: "response", method: "GET" } as const;

test.each([
  ["a request", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", get, ""],
  ["content by its length", "POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\nabrest", get, "ab"],
  [
    "chunks",
    "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nab\r\n1\r\nc\r\n0\r\nT: 1\r\n\r\nrest",
    get,
    "abc",
  ],
  ["a response that its connection ends", "HTTP/1.1 200 OK\r\n\r\nabc", response, "abc"],
])("%s is read", (_, bytes, kind, content) => {
  expect(readMessage(bytes, kind, true)).toMatchObject({ type: "message", message: { content } });
});

test.each([
  ["both framings", "POST / HTTP/1.1\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", get],
  ["two lengths", "POST / HTTP/1.1\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nab", get],
  ["a bare line feed", "GET / HTTP/1.1\r\nA: b\nC: d\r\n\r\n", get],
  ["a folded line", "GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n", get],
  ["white space before the colon", "GET / HTTP/1.1\r\nA : b\r\n\r\n", get],
  ["a NUL", "GET / HTTP/1.1\r\nA: \0\r\n\r\n", get],
  ["a space in the target", "GET / b HTTP/1.1\r\n\r\n", get],
  [
    "a chunk longer than its size",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n",
    response,
  ],
  ["content that is cut", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab", response],
  ["a head that is cut", "HTTP/1.1 200 OK\r\nContent-", response],
])("%s is bad", (_, bytes, kind) => {
  expect(readMessage(bytes, kind, true).type).toBe("bad");
});

test.each([
  ["a length that is said twice", "POST / HTTP/1.1\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nabrest", "rest"],
  ["a target that is none", "GET /\xad HTTP/1.1\r\n\r\nrest", "rest"],
  ["two lengths", "POST / HTTP/1.1\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabcd", undefined],
  ["a field that is none", "GET / HTTP/1.1\r\nA : b\r\n\r\nrest", undefined],
])("where a request with %s ends is clear or not", (_, bytes, rest) => {
  const read = readMessage(bytes, get, true);
  expect([read.type, read.type === "bad" ? read.rest : undefined]).toEqual(["bad", rest]);
});

test("responses are told apart by the methods that they answer", () => {
  const head = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n";
  expect(
    responsesIn(`${head}HTTP/1.1 103 Hints\r\n\r\n${head}ab`, ["HEAD", "GET"], true).map(({ content }) => content),
  ).toEqual(["", "ab"]);
  expect(() => responsesIn(`${head}abc`, ["GET"], true)).toThrow(Finding);
});
