import fc from "fast-check";
import type { CacheableMethod } from "../../src/http/method.ts";
import { dateAt, type Fields, type StoredParts } from "./build.ts";

/** A field that is there now and then. */
function maybe(name: string, ...values: readonly string[]): fc.Arbitrary<Fields> {
  return fc
    .option(fc.constantFrom(...values), { nil: undefined, freq: 2 })
    .map((value) => (value ? { [name]: value } : {}));
}

function together(...parts: readonly fc.Arbitrary<Fields>[]): fc.Arbitrary<Fields> {
  return fc.tuple(...parts).map((fields) => Object.assign({}, ...fields));
}

function control(...directives: readonly string[]): fc.Arbitrary<Fields> {
  return fc
    .subarray([...directives], { maxLength: 3 })
    .map((some) => (some.length === 0 ? {} : { "cache-control": some.join(", ") }));
}

const REQUEST_CONTROL = [
  "no-cache",
  "no-store",
  "only-if-cached",
  "max-age=0",
  "max-age=20",
  "max-stale",
  "max-stale=9",
];
const RESPONSE_CONTROL = ["max-age=30", "max-age=0", "s-maxage=20", "public", "private", "no-store", "no-cache"];
const RESPONSE_MORE = ["must-revalidate", "proxy-revalidate", "immutable", "must-understand", "private=x"];
const WINDOWS = ["stale-while-revalidate=30", "stale-if-error=30"];

/** What a request says. */
export const requestFields: fc.Arbitrary<Fields> = together(
  control(...REQUEST_CONTROL, "min-fresh=15", "stale-if-error=60"),
  maybe("accept-charset", "a", "b"),
  maybe("accept-language", "de", "fr;q=0.3, de"),
  maybe("authorization", "Bearer x"),
  maybe("range", "bytes=0-1", "bytes=1-", "bytes=-1"),
);

export const cacheableMethod: fc.Arbitrary<CacheableMethod> = fc.constantFrom("GET", "GET", "HEAD");

/** What a response says. */
export const responseFields: fc.Arbitrary<Fields> = together(
  control(...RESPONSE_CONTROL, ...RESPONSE_MORE, ...WINDOWS),
  maybe("vary", "Accept-Charset", "Accept-Language", "*", "Via"),
  maybe("etag", '"one"', 'W/"one"'),
  maybe("last-modified", dateAt(-1000)),
  maybe("expires", dateAt(25), "0"),
  maybe("age", "10"),
  maybe("content-language", "de", "fr"),
  maybe("set-cookie", "a=b"),
);

const STATUS = [200, 200, 200, 203, 204, 299, 302, 304, 404, 416, 500];

/** A response as it comes, parts of a representation among them. */
export const responses: fc.Arbitrary<{ readonly status: number; readonly fields: Fields }> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ status: fc.constantFrom(...STATUS), fields: responseFields }) },
  {
    weight: 1,
    arbitrary: together(responseFields, maybe("content-range", "bytes 0-3/8", "bytes 0-3/*")).map((fields) => ({
      status: 206,
      fields,
    })),
  },
);

/** What may lie in a store. */
export const storedParts: fc.Arbitrary<StoredParts> = fc
  .record({
    method: cacheableMethod,
    came: fc.constantFrom(0, -3, 5),
    body: fc.constantFrom("page", "1234"),
    request: together(maybe("accept-charset", "a", "b"), maybe("accept-language", "de", "fr")),
    response: responses,
  })
  .map(({ response: { status, fields }, ...parts }): StoredParts => {
    const { vary, ...others } = fields;
    return { ...parts, status, fields: vary === undefined || vary === "*" || vary === "Via" ? others : fields };
  });
