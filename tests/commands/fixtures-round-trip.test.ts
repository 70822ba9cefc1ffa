import { expect, test } from "bun:test";
import { existsSync, readdirSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { indented } from "../../src/fixtures/json-layout.ts";
import { readTarget } from "../../src/fixtures/target.ts";
import { filesIn } from "../recording/recording.ts";
import { scratch } from "../store/scratch.ts";
import { entry, exchanges, exported, imported } from "./fixtures-archive.ts";

type Pair = readonly [string, string];

const JSON_TYPE = "application/json";
const text = fc.constantFrom(
  "",
  "page",
  "ä€\u{1f600}",
  "\ufeffbegun",
  "a\r\nb\n",
  "\n\n",
  "ends\r",
  "HTTP/1.1 200 OK\n\nno",
  "nul\0",
);
const json = fc.jsonValue({ depthSize: "small" }).map((value) => JSON.stringify(value, null, 1));
const binary = fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from([0xff, 0, ...bytes]).toString("base64"));

/** What was sent, by how programs say what it is. */
const posted: fc.Arbitrary<{ readonly type: string; readonly data: unknown } | undefined> = fc.oneof(
  fc.constant(undefined),
  json.map((value) => ({ type: JSON_TYPE, data: { mimeType: JSON_TYPE, text: value } })),
  fc.constantFrom("a=1&b=x%20y", "q=").map((form) => ({
    type: "application/x-www-form-urlencoded",
    data: { mimeType: "application/x-www-form-urlencoded", text: form, params: [] },
  })),
  fc.constantFrom("hello, wörld", "two\nlines\n").map((value) => ({
    type: "text/plain; charset=utf-8",
    data: { mimeType: "text/plain", text: value },
  })),
  fc.constant({
    type: "multipart/form-data; boundary=boundary-of-the-recording",
    data: {
      text: '--boundary-of-the-recording\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--boundary-of-the-recording--\r\n',
    },
  }),
  binary.map((value) => ({
    type: "application/octet-stream",
    data: { text: value, encoding: "base64" },
  })),
);

const fields: fc.Arbitrary<readonly Pair[]> = fc.subarray<Pair>([
  ["Cache-Control", "max-age=60"],
  ["ETag", 'W/"v1"'],
  ["Set-Cookie", "theme=dark; Path=/"],
  ["Set-Cookie", "lang=en; Path=/"],
  ["Vary", "X-Tenant, Accept-Encoding"],
  ["X-Note", "ä b"],
  ["Location", "/elsewhere?a=1"],
]);

const content = fc.oneof(
  json.map((value) => ({ type: JSON_TYPE, text: value, base64: undefined, coding: undefined })),
  text.map((value) => ({ type: "text/plain; charset=utf-8", text: value, base64: undefined, coding: undefined })),
  binary.map((value) => ({ type: "image/png", text: value, base64: true as const, coding: undefined })),
  text.map((value) => ({ type: "text/plain", text: value, base64: undefined, coding: "br" })),
  text.map((value) => ({
    ...{ type: "text/plain", text: gzipSync(value).toString("base64"), base64: true as const, coding: "gzip" },
  })),
  binary.map((value) => ({ type: undefined, text: value, base64: true as const, coding: undefined })),
);

/** What is a trap for file systems, and what is like our own signs. */
const segment = fc.oneof(
  fc.constantFrom(
    ...[
      "con",
      "index",
      ".git",
      "a.POST",
      "x~deadbeef",
      "a.http",
      "a.body.png",
      "[id]",
      "[...rest]",
      "%2F",
      "%5Bid%5D",
      "a*",
    ],
    ...["%00", "..%2f..", "..%5c..", "%2e%2e%2f", "C:", "trailing.", "x".repeat(200), "", "é", "A"],
  ),
  fc.string({ maxLength: 12 }).map(encodeURIComponent),
);
const path = fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => segments.join("/"));
const query = fc.constantFrom("", "?b=2&a=1", "?a=*", "?a[]=1&a[]=2", "?flag", "?q=x%2Fy+z");

const written = fc
  .record({
    ...{ path, query, posted, content, fields },
    method: fc.constantFrom("GET", "GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"),
    status: fc.constantFrom(200, 200, 201, 204, 301, 404, 503),
    tenant: fc.constantFrom(undefined, "one"),
  })
  .map(({ method, ...rest }) => ({ method, ...rest, ...(method === "GET" && { posted: undefined }) }));

type Written = typeof written extends fc.Arbitrary<infer T> ? T : never;

/** Each is of a folder of its own, since the same request again would bring no other fixture. */
function entryOf({ method, path, query, posted, content, fields, status, tenant }: Written, i: number): unknown {
  return entry([method, `http://o.test/${i}/${path}${query}`], content.text, {
    status,
    fields: [
      ...fields,
      ["Date", "Fri, 02 Jan 2026 03:04:05 GMT"],
      ["X-Request-Id", String(i)],
      ...(content.type === undefined ? [] : [["Content-Type", content.type] as const]),
      ...(content.coding === undefined ? [] : [["Content-Encoding", content.coding] as const]),
    ],
    asked: [
      ["User-Agent", "browser"],
      ...(tenant === undefined ? [] : [["X-Tenant", tenant] as const]),
      ...(posted === undefined ? [] : [["Content-Type", posted.type] as const]),
    ],
    ...(posted && { posted: posted.data }),
    ...(content.base64 && { base64: true }),
  });
}

/** What a fixture can hold of an exchange. */
function kept({ request, response }: ReturnType<typeof exchanges>[number]): unknown {
  const laidOut = (bytes: Uint8Array | "missing", type: string | null): unknown => {
    if (bytes === "missing") return bytes;
    const utf8 = Buffer.from(bytes).toString("latin1");
    return (type === JSON_TYPE ? indented(new TextDecoder().decode(bytes)) : undefined) ?? utf8;
  };
  const { pathname, search } = request.url;
  const packed = response.fields.get("content-encoding") === "gzip" && response.content.length > 0;
  const content = packed ? new Uint8Array(Bun.gunzipSync(response.content)) : response.content;
  const vary = response.fields.get("vary") !== null;
  return {
    ...{ method: request.method, target: readTarget({ pathname, search }), status: response.status },
    posted: laidOut(request.content, request.fields.get("content-type")),
    tenant: vary ? request.fields.get("x-tenant") : null,
    content: response.status === 204 ? "" : laidOut(content, response.fields.get("content-type")),
    fields: [...response.fields].filter(([name]) => !["date", "x-request-id", "content-encoding"].includes(name)),
  };
}

test("archive to fixtures to archive: nothing is lost that a fixture can hold, and the same fixtures come of it", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(written, { minLength: 1, maxLength: 6 }), async (all) => {
      using stack = new DisposableStack();
      const [one, other] = [scratch(stack), scratch(stack)];
      const entries = all.map(entryOf);
      const result = await imported(entries, one, { errors: "record" });
      expect(result).toEqual({
        ...{ entries: all.length, written: all.length, rewritten: 0, left: {}, faults: [] },
        ...{ otherOrigins: {}, webSocketMessages: 0 },
      });
      const back = await exported(one);
      expect({ ...back, entries: [] }).toEqual({ entries: [], written: all.length, left: [], faults: [] });
      const byNumber = (a: { request: { url: URL } }, b: { request: { url: URL } }): number =>
        Number(a.request.url.pathname.split("/")[1]) - Number(b.request.url.pathname.split("/")[1]);
      expect(exchanges(back.entries).toSorted(byNumber).map(kept)).toEqual(exchanges(entries).map(kept));
      await imported(back.entries, other, { errors: "record" });
      expect(filesIn(other)).toEqual(filesIn(one));
    }),
    { numRuns: 50 },
  );
}, 60_000);

test("no URL writes outside of the folder", async () => {
  const climbing = fc.array(
    fc.constantFrom(
      "..",
      "%2e%2e",
      "..%2f",
      "%2f",
      "..%5c",
      "\\",
      "%5c",
      "%00",
      ".",
      "",
      "a",
      "C:",
      "~",
      "%2e",
      "%25%32%65",
    ),
    { minLength: 1, maxLength: 8 },
  );
  await fc.assert(
    fc.asyncProperty(
      climbing,
      fc.constantFrom("", "?../../x", "?a=../../../x", "?%2f..%2f"),
      async (segments, search) => {
        using stack = new DisposableStack();
        const around = scratch(stack);
        const folder = join(around, "a", "fixtures");
        const { written } = await imported(
          [entry(["GET", `http://o.test/${segments.join("/")}${search}`], "x")],
          folder,
        );
        expect(written).toBe(1);
        expect(readdirSync(around)).toEqual(["a"]);
        expect(readdirSync(join(around, "a"))).toEqual(["fixtures"]);
        const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
        for (const file of files) expect(realpathSync(join(folder, file))).toBe(join(realpathSync(folder), file));
        expect(existsSync(join(folder, ".git"))).toBe(false);
      },
    ),
    { numRuns: 100 },
  );
});
