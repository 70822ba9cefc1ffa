import { expect, test } from "bun:test";
import { parseQuota } from "../../src/config/quota.ts";

test.each([
  ["on", { type: "on", share: 0.1 }],
  ["ON", { type: "on", share: 0.1 }],
  ["off", { type: "off" }],
  ["0%", { type: "on", share: 0 }],
  ["12.5%", { type: "on", share: 0.125 }],
  ["100%", { type: "on", share: 1 }],
] as const)("%s", (text, value) => {
  expect(parseQuota(text)).toEqual({ ok: true, value });
});

test.each(["", "yes", "10", "101%", "-1%", "1e1%", "%", "10 %"])("%j is refused", (text) => {
  expect(parseQuota(text)).toEqual({
    ok: false,
    message: "is not how to heed quotas: write on, off, or a share to spare such as 10%",
  });
});
