import type { Random } from "./random.ts";

// Texts have one character for each byte.

/** A request as it is sent. */
export type Drawn = {
  readonly bytes: string;
  /** Its target where nothing about it is odd, so that its answer is known. */
  readonly clean: string | undefined;
};

const CRLF = "\r\n";
/** What parsers of requests look at, to be strewn in. */
const REQUEST_WORDS = [
  ...'\r\n\t :;,="%/?#&@\\.\0*',
  "\r\n\r\n",
  "\n\n",
  "\r\n ",
  "HTTP/1.1",
  "HTTP/1.0",
  "HTTP/2.0",
  "GET / HTTP/1.1\r\n",
  "Host: a\r\n",
  "Content-Length: 5\r\n",
  "Content-Length: 0\r\n",
  "Transfer-Encoding: chunked\r\n",
  "Transfer-Encoding: identity\r\n",
  "0\r\n\r\n",
  "ffffffffffffffff\r\n",
  "%00",
  "%2F",
  "%2e%2e/",
  "../",
  "\xff\xfe",
  "\x7f",
  "\x0b",
  "\xa0",
];

const METHODS = [..."GET GET GET GET HEAD POST PUT DELETE OPTIONS PATCH QUERY PURGE TRACE CONNECT get FOO".split(" ")];

/** A request in a pipeline: a clean one, one that is odd but by the grammar, or one that is broken. */
export function drawRequest(random: Random, mark: string, host: string): Drawn {
  if (random.chance(0.2)) return clean(mark, host);
  const bytes = odd(random, mark, host);
  return { bytes: random.chance(0.5) ? random.mutated(bytes, REQUEST_WORDS) : bytes, clean: undefined };
}

function clean(mark: string, host: string): Drawn {
  const target = `/${mark}/clean?b=2&a=1`;
  return { bytes: `GET ${target} HTTP/1.1\r\nHost: ${host}\r\n\r\n`, clean: target };
}

function odd(random: Random, mark: string, host: string): string {
  const method = random.pick(METHODS);
  const version = random.chance(0.9)
    ? "HTTP/1.1"
    : random.pick(["HTTP/1.0", "HTTP/1.2", "HTTP/0.9", "http/1.1", "HTTP/11", ""]);
  const hostLine = random.chance(0.85) ? `Host: ${host}` : `Host: ${oddHost(random)}`;
  const { fields, content } = framed(random, method, mark);
  const others = random.list(5, () => oddField(random));
  const lines = [hostLine, ...others, ...fields];
  return `${method} ${oddTarget(random, mark)} ${version}${CRLF}${lines.join(CRLF)}${CRLF}${CRLF}${content}`;
}

function oddHost(random: Random): string {
  return random.make([
    () =>
      random.pick([
        "",
        "localhost",
        "evil.example",
        "EVIL.example:80",
        "a@b",
        "a,b",
        "[::1]:1",
        "[::1",
        "localhost:99999",
        "x.localhost",
        "a b",
        "é",
      ]),
    () => random.bytes(12),
    () => "h".repeat(random.below(9000)),
  ]);
}

function oddTarget(random: Random, mark: string): string {
  const base = `/${mark}`;
  return random.make([
    () => base,
    () => `${base}/clean?b=2&a=1`,
    () =>
      `${base}/${random.words(["a", "/", "//", "..", ".", "%2e", "%2F", "%5c", "\\", ";x.css", "%00", "%23", "#", "?", "&", "=", "%", "%zz", "\xe9"], 12)}`,
    () =>
      `${base}?${random.words(["a=1", "&", "&a=2", ";", "=", "%26", "+", "%20", "[]", "a", "utm_source=x", "%EF%BF%BD", "\xff"], 12)}`,
    () => `http://${oddHost(random)}${base}`,
    () => `${random.pick(["", "*", "//evil.example", "http:", "evil.example:80", "?", "#", "\\", "\0"])}${base}`,
    () => `/vary/${mark.slice(0, 4)}`,
    () => `/__admin/${random.pick(["purge", "stats", "entries", "explain?url=/", "recent", "lanes", "nothing"])}`,
    () => `${base}/${"x".repeat(random.below(random.pick([100, 20_000])))}`,
  ]);
}

const FIELD_NAMES =
  `Accept Accept-Language Accept-Encoding Cache-Control Pragma If-None-Match If-Modified-Since If-Range Range If-Match
  Authorization Cookie Connection Via X-Forwarded-For X-Forwarded-Host X-Forwarded-Proto Forwarded X-Original-URL X-HTTP-Method-Override
  X-A X-Lane Upgrade Expect TE Trailer Keep-Alive Max-Forwards Origin Referer User-Agent Content-Type Content-Encoding Age Vary
  Cache-Tag No-Vary-Search CDN-Loop traceparent Sec-WebSocket-Key Sec-WebSocket-Version Proxy-Connection HTTP2-Settings`.split(
    /\s+/,
  );

const VALUES = [
  ...'*,;="-/ \t01',
  "a",
  "max-age=0",
  "no-cache",
  "no-store",
  "only-if-cached",
  "max-stale",
  "bytes=0-0",
  "bytes=-1",
  "0-0,1-1,2-2,",
  "W/",
  '"x"',
  "gzip",
  "q=0.5",
  "Sun, 06 Nov 1994 08:49:37 GMT",
  "close",
  "keep-alive",
  "upgrade",
  "websocket",
  "h2c",
  "host",
  "content-length",
  "100-continue",
  "evil.example",
  "1.1 caching-proxy",
  "99999999999999999999",
  "\xe9\xff",
  "13",
  "Bearer x",
];

function oddField(random: Random): string {
  const name = random.chance(0.9) ? random.pick(FIELD_NAMES) : random.words(["a", "-", " ", ":", "\t", "\0", "é"], 4);
  const value = random.chance(0.97) ? random.words(VALUES, 8) : random.words(VALUES, 2).repeat(random.below(3000));
  return `${name}${random.chance(0.97) ? ":" : random.pick([" :", "", "::"])}${random.chance(0.8) ? " " : ""}${value}`;
}

/** Framing that is right, or lies. What is smuggled would be a request by itself. */
function framed(random: Random, method: string, mark: string): { fields: readonly string[]; content: string } {
  if ((method === "GET" || method === "HEAD") && random.chance(0.8)) return { fields: [], content: "" };
  const smuggled = `GET /${mark}/smuggled HTTP/1.1\r\nHost: a\r\n\r\n`;
  const content = random.make([
    () => "",
    () => "hello",
    () => smuggled,
    () => random.bytes(40),
    () => "x".repeat(random.below(20_000)),
  ]);
  const chunks = `${random
    .split(content, 4)
    .filter((piece) => piece !== "")
    .map((piece) => `${piece.length.toString(16)}${random.chance(0.9) ? "" : ";a=b"}\r\n${piece}\r\n`)
    .join("")}0\r\n${random.chance(0.9) ? "" : "X-T: 1\r\n"}\r\n`;
  const length = `Content-Length: ${content.length}`;
  const chunked = "Transfer-Encoding: chunked";
  return random.make([
    () => ({ fields: [length], content }),
    () => ({ fields: [chunked], content: chunks }),
    () => ({ fields: [length, length], content }),
    () => ({ fields: [length, chunked], content: chunks }),
    () => ({ fields: [chunked, "Content-Length: 5"], content: `0\r\n\r\n${smuggled}` }),
    () => ({
      fields: [`Content-Length: ${random.pick(["+5", "-1", "5, 5", "0x5", "5 ", "1e1", "", "99999999999999999999"])}`],
      content,
    }),
    () => ({
      fields: [
        `Transfer-Encoding: ${random.pick(["xchunked", "chunked, identity", "identity, chunked", "gzip, chunked", "chunked, chunked", "Chunked", " chunked", "chunked;a", "\x0bchunked"])}`,
      ],
      content: chunks,
    }),
    () => ({
      fields: [
        random.pick([
          "Transfer-Encoding : chunked",
          "Transfer-Encoding\t: chunked",
          "X: y\nTransfer-Encoding: chunked",
          "Transfer_Encoding: chunked",
          "X: y\r\n Transfer-Encoding: chunked",
        ]),
      ],
      content: chunks,
    }),
    () => ({ fields: [chunked], content: random.mutated(chunks, REQUEST_WORDS) }),
    () => ({ fields: [`Content-Length: ${content.length + random.below(50)}`], content }),
    () => ({ fields: [], content }),
  ]);
}
