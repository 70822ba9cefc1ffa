import { expect, test } from "bun:test";
import { clientOf } from "../../src/quota/client.ts";

const of = (fields: Record<string, string>): string => clientOf(new Headers(fields));

test("whoever has the same credentials is the same, wherever he is", () => {
  const key = { authorization: "Bearer secret" };
  expect(of({ ...key, "x-forwarded-for": "10.0.0.1", cookie: "a=1" })).toBe(
    of({ ...key, "x-forwarded-for": "10.0.0.2" }),
  );
  expect(of(key)).not.toBe(of({ authorization: "Bearer other" }));
  expect(of({ "x-api-key": "1" })).not.toBe(of({ "x-api-key": "2" }));
  expect(of({ "x-api-key": "1" })).not.toBe(of({ authorization: "1" }));
  expect(of(key)).not.toContain("secret");
});

test("without any he is known by his address", () => {
  expect(of({ "x-forwarded-for": "10.0.0.1", cookie: "a=1" })).toBe(
    of({ "x-forwarded-for": "10.0.0.1", cookie: "a=2" }),
  );
  expect(of({ "x-forwarded-for": "10.0.0.1" })).not.toBe(of({ "x-forwarded-for": "10.0.0.2" }));
});
