import type { Random } from "./random.ts";

// Texts have one character for each byte.

/** What parsers of responses look at, to be strewn in. */
const RESPONSE_WORDS = [
  ...'\r\n\t :;,="\0',
  "\r\n\r\n",
  "\n\n",
  "\r\n ",
  "HTTP/1.1 200 OK\r\n",
  "HTTP/1.1 100 Continue\r\n\r\n",
  "HTTP/1.1 204 No Content\r\n\r\n",
  "Content-Length: 5\r\n",
  "Transfer-Encoding: chunked\r\n",
  "0\r\n\r\n",
  "ffffffffffffffff\r\n",
  "\xff\xfe",
  "\x0b",
  "\x7f",
];

/** A response as an origin may send it: by the grammar, odd, or broken. @param mark of the case, which its content holds */
export function drawResponse(random: Random, mark: string): string {
  const interim = random.chance(0.85) ? "" : random.list(3, () => interimResponse(random)).join("");
  const bytes = interim + finalResponse(random, mark);
  const surplus = random.chance(0.9)
    ? ""
    : random.make([() => `HTTP/1.1 200 OK\r\nContent-Length: ${mark.length}\r\n\r\n${mark}`, () => random.bytes(30)]);
  return random.chance(0.5) ? random.mutated(bytes, RESPONSE_WORDS) + surplus : bytes + surplus;
}

function interimResponse(random: Random): string {
  const status = random.pick([
    "100 Continue",
    "102 Processing",
    "103 Early Hints",
    "101 Switching Protocols",
    "199 X",
    "100",
  ]);
  return `HTTP/1.1 ${status}\r\n${random.chance(0.5) ? "" : "Link: </a>; rel=preload\r\n"}\r\n`;
}

function finalResponse(random: Random, mark: string): string {
  const version = random.chance(0.92)
    ? "HTTP/1.1"
    : random.pick(["HTTP/1.0", "HTTP/2", "HTTP/1.2", "http/1.1", "ICY", "HTTP/11", ""]);
  const status = random.chance(0.7) ? "200 OK" : oddStatus(random);
  const content = random.make([
    () => mark,
    () => `${mark} `.repeat(random.below(100)),
    () => `${mark}${random.bytes(60)}`,
    () => `${mark}${"x".repeat(random.below(50_000))}`,
  ]);
  const framing = framed(random, content);
  const fields = [...random.list(6, () => oddField(random, mark)), ...framing.fields];
  return `${version} ${status}\r\n${fields.map((field) => `${field}\r\n`).join("")}\r\n${framing.content}`;
}

function oddStatus(random: Random): string {
  return random.make([
    () =>
      random.pick([
        "204 No Content",
        "205 Reset",
        "206 Partial Content",
        "304 Not Modified",
        "301 Moved",
        "404 Not Found",
        "500 Oops",
        "503 Busy",
        "429 Slow",
        "401 Who",
        "416 Range",
      ]),
    () =>
      random.pick(["200", "200 ", "99 X", "600 X", "999 X", "0 X", "-1 X", "2e2 X", "20 X", "2000 X", "OK", "200OK"]),
    () => `200 ${random.bytes(20).replace(/[\r\n]/g, "")}`,
  ]);
}

const NAMES =
  `Cache-Control CDN-Cache-Control Expires Date Age Last-Modified ETag Vary Set-Cookie Content-Type Content-Encoding Content-Range
  Accept-Ranges Connection Keep-Alive Upgrade Trailer Via Warning Pragma Location Cache-Tag Surrogate-Key xkey Cache-Groups
  Cache-Group-Invalidation No-Vary-Search RateLimit RateLimit-Policy X-RateLimit-Remaining Retry-After Cache-Status X-Cache
  Content-Location WWW-Authenticate Access-Control-Allow-Origin Clear-Site-Data Alt-Svc Link Server X-A`.split(/\s+/);

const VALUES = [
  ...'*,;="-/ \t01?()',
  "a",
  "X-A",
  "max-age=60",
  "s-maxage=9",
  "public",
  "private",
  'private="x-a"',
  'no-cache="set-cookie"',
  "no-store",
  "immutable",
  "stale-while-revalidate=60",
  "must-revalidate",
  "Accept-Encoding",
  "gzip",
  "br",
  "identity",
  "Sun, 06 Nov 1994 08:49:37 GMT",
  "Sun, 06 Nov 2094 08:49:37 GMT",
  '"x"',
  'W/"x"',
  "bytes 0-3/4",
  "bytes 0-0/*",
  "text/html",
  "multipart/byteranges; boundary=x",
  "close",
  "upgrade",
  "content-length",
  "params",
  "key-order",
  'except=("a")',
  '"default";r=0;t=9',
  "http://evil.example/",
  "99999999999999999999",
  "\xe9\xff",
  "a=b; Path=/",
];

function oddField(random: Random, mark: string): string {
  if (random.chance(0.4))
    return `Cache-Control: ${random.pick(["max-age=60", "public, max-age=9", "no-store", "max-age=0", "s-maxage=60"])}`;
  if (random.chance(0.05)) return `X-Mark: ${mark}`;
  const value = random.chance(0.98) ? random.words(VALUES, 8) : random.words(VALUES, 2).repeat(random.below(3000));
  const name = random.chance(0.95) ? random.pick(NAMES) : random.words(["a", "-", " ", ":", "\0", "\xe9", "é"], 4);
  return `${name}${random.chance(0.97) ? ":" : random.pick([" :", "", "::"])} ${value}`;
}

function framed(random: Random, content: string): { fields: readonly string[]; content: string } {
  const length = `Content-Length: ${content.length}`;
  const chunked = "Transfer-Encoding: chunked";
  const pieces = random.split(content, 5).filter((piece) => piece !== "");
  const chunks = `${pieces.map((piece) => `${piece.length.toString(16)}${random.chance(0.9) ? "" : ";a=b"}\r\n${piece}\r\n`).join("")}0\r\n${random.chance(0.9) ? "" : "X-T: 1\r\n"}\r\n`;
  return random.make([
    () => ({ fields: [length], content }),
    () => ({ fields: [length], content }),
    () => ({ fields: [chunked], content: chunks }),
    () => ({ fields: [chunked], content: chunks }),
    () => ({ fields: [], content }),
    () => ({ fields: [length, chunked], content: chunks }),
    () => ({ fields: [length, length], content }),
    () => ({ fields: [length, `Content-Length: ${content.length + 1}`], content }),
    () => ({ fields: [`Content-Length: ${content.length + 1 + random.below(50)}`], content }),
    () => ({ fields: [`Content-Length: ${random.below(content.length + 1)}`], content }),
    () => ({
      fields: [`Content-Length: ${random.pick(["+5", "-1", "5, 5", "0x5", "", "1e1", "99999999999999999999", "5 5"])}`],
      content,
    }),
    () => ({
      fields: [
        `Transfer-Encoding: ${random.pick(["xchunked", "identity", "gzip, chunked", "chunked, chunked", "Chunked", "chunked;a"])}`,
      ],
      content: chunks,
    }),
    () => ({ fields: [chunked], content: random.mutated(chunks, RESPONSE_WORDS) }),
    () => ({ fields: [chunked], content: chunks.slice(0, random.below(chunks.length)) }),
  ]);
}
