import { expect, test } from "bun:test";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { cachedFetch } from "../../src/index.ts";
import { cleanup } from "../e2e/cleanup.ts";
import { origin } from "../e2e/origin.ts";

const stack = cleanup();
const cached = stack.use(cachedFetch(fetch));
const FLEETING = { "cache-control": "no-store", date: "Mon, 23 Nov 2026 12:00:00 GMT" };
const text = "hello ".repeat(100);
/** Field value and bytes. */
const CODED: Readonly<Record<string, readonly [string, Uint8Array<ArrayBuffer>]>> = {
  gzip: ["gzip", gzipSync(text)],
  "x-gzip": ["x-gzip", gzipSync(text)],
  deflate: ["deflate", deflateSync(text)],
  "deflate without zlib's format": ["deflate", deflateRawSync(text)],
  br: ["br", brotliCompressSync(text)],
  zstd: ["zstd", zstdCompressSync(text)],
  "gzip of nothing": ["gzip", new Uint8Array()],
  "br of nothing": ["br", new Uint8Array()],
  "what is no gzip": ["gzip", new Uint8Array([1, 2, 3])],
};

/** Repeats what it was asked, redirects, or sends what is coded; none of that may be kept. */
const api = origin(stack, async (request) => {
  const { pathname, searchParams } = new URL(request.url);
  const [coding, bytes] = CODED[searchParams.get("coded") ?? ""] ?? [];
  if (bytes !== undefined) return new Response(bytes, { headers: { ...FLEETING, "content-encoding": coding ?? "" } });
  const [status, to] = [Number(searchParams.get("status") ?? 200), searchParams.get("to")];
  const headers = { ...FLEETING, ...(to !== null && { location: to }) };
  if (status !== 200) return new Response(null, { status, headers });
  if (pathname === "/typeless") return new Response(new Uint8Array([1, 2]), { headers });
  return Response.json([request.method, pathname, [...request.headers], await request.text()], { headers });
});

/** Of ours, of a hop, and those of a coding that is taken off. */
const LEFT_OUT = ["cache-status", "x-cache", "connection", "transfer-encoding", "content-encoding", "content-length"];

async function outcome(answer: Promise<Response>) {
  try {
    const { status, redirected, url, headers, body } = await answer;
    const fields = [...headers].filter(([name]) => !LEFT_OUT.includes(name));
    // The Fetch standard shows neither fragment nor credentials.
    const shown = url.replace(/#.*$/, "").replace(/\/\/[^/]*@/, "//");
    return { status, redirected, url: shown, fields, body: await new Response(body).text() };
  } catch (error) {
    return Error.isError(error) ? error.name : error;
  }
}

/** Calls are made anew each time: a body can be sent once. */
type Made = () => readonly [string | Request, (RequestInit | null)?];

const post = (body: RequestInit["body"]): RequestInit => ({ method: "POST", body });
const used = (): Request => {
  const request = new Request(`${api.url}/x`, post("x"));
  stack.defer(async () => void (await read));
  const read = request.text();
  return request;
};
const CALLS: readonly (readonly [string, Made])[] = [
  ["a text", () => [`${api.url}/x`, post("text")]],
  ["bytes", () => [`${api.url}/x`, post(new Uint8Array([1, 2]))]],
  ["bytes of a type", () => [`${api.url}/x`, post(new Blob(["x"], { type: "image/png" }))]],
  ["a form", () => [`${api.url}/x`, post(new URLSearchParams({ a: "b" }))]],
  ["a request with bytes", () => [new Request(`${api.url}/x`, post(new Uint8Array([1, 2])))]],
  ["a request whose body is used", () => [used()]],
  ["a request whose body is used, and another body", () => [used(), { body: "other" }]],
  ["a GET with a body", () => [`${api.url}/x`, { body: "x" }]],
  ["a HEAD with a body", () => [`${api.url}/x`, { method: "HEAD", body: "x" }]],
  ["no init at all", () => [`${api.url}/x`, null]],
  ["no URL", () => [""]],
  ["a path alone", () => ["/x"]],
  ["credentials in the URL", () => [`${api.url.replace("//", "//u%20v:p%C3%A4:@")}/x`]],
  ["no type of content", () => [`${api.url}/typeless`]],
  ["a redirect that leads nowhere", () => [`${api.url}/?status=302`]],
  ["a redirect that leads nowhere, and may not be", () => [`${api.url}/?status=302`, { redirect: "error" }]],
  ["a 304, which is no redirect", () => [`${api.url}/?status=304`, { redirect: "error" }]],
  ...[301, 302, 303, 307, 308].flatMap((status) =>
    ["GET", "HEAD", "POST", "PUT"].map((method): readonly [string, Made] => {
      const init = method === "GET" || method === "HEAD" ? { method } : { method, body: "content" };
      return [`a ${status} of a ${method}`, () => [`${api.url}/?status=${status}&to=/x`, init]];
    }),
  ),
  ...Object.keys(CODED).map((name): readonly [string, Made] => [
    name,
    () => [`${api.url}/?coded=${encodeURIComponent(name)}`],
  ]),
];

test.each(CALLS)("%s: what nobody may keep is as fetch has it", async (_, made) => {
  const call = (by: typeof cached | typeof fetch): Promise<Response> => Reflect.apply(by, undefined, made());
  expect(await outcome(call(cached))).toEqual(await outcome(call(fetch)));
});

test("a response shows neither the credentials of its URL nor the fragment", async () => {
  const { url } = await cached(`${api.url.replace("//", "//u:p@")}/x#part`);
  expect(url).toBe(`${api.url}/x`);
});

test("credentials in a URL that are not escaped well are sent as they stand", async () => {
  const asked = await (await cached(`${api.url.replace("//", "//u%zz@")}/x`)).text();
  expect(asked).toContain(JSON.stringify(["authorization", `Basic ${btoa("u%zz:")}`]));
});
