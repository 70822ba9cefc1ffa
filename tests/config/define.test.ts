import { expect, test } from "bun:test";
import { defineConfig } from "../../src/config/define.ts";

test("gives back what it is given", () => {
  const config = defineConfig({
    origin: "http://h",
    port: 4000,
    maxSize: "64mb",
    insecure: true,
    ignoreQuery: ["utm_*"],
    rules: [
      { match: { path: "/a", method: ["GET", "POST"], headers: { accept: "*" } }, ttl: "5m", staleIfError: 0 },
      { match: "POST /b", fault: { type: "status", rate: 0.1, retryAfter: "3s" }, cors: true },
      {
        request: { headers: { cookie: null } },
        response: { body: { any: ["thing"] } },
        delay: { min: "1s", max: "2s" },
      },
    ],
  });
  expect(config.port).toBe(4000);
});

test("what is mistyped is an error of the compiler", () => {
  // @ts-expect-error
  defineConfig({ prot: 1 });
  // @ts-expect-error
  defineConfig({ clearCache: true });
  // @ts-expect-error
  defineConfig({ insecure: "yes" });
  // @ts-expect-error
  defineConfig({ rules: [{ dely: "1s" }] });
  // @ts-expect-error
  defineConfig({ rules: [{ fault: { type: "rest" } }] });
  // @ts-expect-error
  defineConfig({ rules: [{ fault: { type: "reset", status: 500 } }] });
  // @ts-expect-error
  defineConfig({ rules: [{ cache: true }] });
  expect(defineConfig({})).toEqual({});
});
