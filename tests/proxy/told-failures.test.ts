import { expect, test } from "bun:test";
import type { Answer, Outgoing } from "../../src/http/origin.ts";
import { tellingFailures } from "../../src/proxy/told-failures.ts";

const outgoing: Outgoing = {
  ...{ method: "GET", url: new URL("http://h:1/x?api_key=s3cr3t"), headers: new Headers(), body: null },
  signal: new AbortController().signal,
};
const failed = (cause: string): Answer => ({ type: "failed", failure: { type: "unreachable", cause } });

test("another reason is told at once, one that stays each ten seconds, and no URL", async () => {
  const told: string[] = [];
  let now = 0;
  let answer = failed("connection refused");
  const send = tellingFailures(
    async () => answer,
    ({ message }) => told.push(message),
    () => now,
  );
  for (now of [0, 5000, 9999, 10_000]) expect(await send(outgoing)).toBe(answer);
  expect(told).toEqual(Array(2).fill("The origin http://h:1 gave no response: connection refused."));
  answer = failed("host name not found");
  await send(outgoing);
  expect(told.at(-1)).toBe("The origin http://h:1 gave no response: host name not found.");
  answer = { type: "failed", failure: { type: "aborted" } };
  await send(outgoing);
  expect(told).toHaveLength(3);
});
