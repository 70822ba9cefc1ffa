import { expect, test } from "bun:test";
import { masking } from "../../src/http/masked.ts";
import { maskedExchange, unmaskedExchange } from "../../src/observe/masked-exchange.ts";
import type { ShownExchange } from "../../src/observe/shown-exchange.ts";
import { exchange as shownExchange } from "./exchanges.ts";

const mask = masking([]);
const secret = (path: string, key = path): ShownExchange =>
  shownExchange({ path, key, cacheStatus: `caching-proxy; hit; ttl=1; key="${key}"` });

test("all that is made of the URL is masked, and the rest is as it was", () => {
  const exchange = secret("/a?api_key=s3cr3t");
  const texts = {
    path: "/a?api_key=***",
    key: "/a?api_key=***",
    cacheStatus: 'caching-proxy; hit; ttl=1; key="/a?api_key=***"',
  };
  expect(maskedExchange(exchange, mask)).toEqual({ ...exchange, ...texts });
  expect(unmaskedExchange(exchange, mask)).toEqual({ ...exchange, masked: texts });
});

test("what has no secret is handed on as it is", () => {
  const exchange = secret("/a?page=2");
  expect(maskedExchange(exchange, mask)).toBe(exchange);
  expect(unmaskedExchange(exchange, mask)).toBe(exchange);
});

test("a key that is written otherwise in Cache-Status does not stand there", () => {
  const exchange = {
    ...secret("/a?sig=s3cr3t", '/a?sig=s3cr3t "é"'),
    cacheStatus: 'caching-proxy; key="/a?sig=s3cr3t \\"?\\""',
  };
  expect(JSON.stringify(maskedExchange(exchange, mask))).not.toContain("s3cr3t");
});
