import { expect, test } from "bun:test";
import type { Answer, Leaving } from "../../src/http/origin.ts";
import { USUAL_RULES } from "../../src/origins/breaker.ts";
import { checkingHealth } from "../../src/origins/health-checks.ts";
import { Sites } from "../../src/origins/sites.ts";

const answered = (status: number): Answer => ({
  ...{ type: "response", response: new Response(null, { status }), headers: new Headers(), framing: "delimited" },
});

test.each<[string, Answer]>([
  ["passes", answered(204)],
  ["fails", answered(500)],
  ["is not answered", { type: "failed", failure: { type: "unreachable", cause: "connection refused" } }],
])("a check that %s is over, and nothing of it waits for the end of all", async (_, answer) => {
  const parts = { rules: USUAL_RULES, clock: () => 0, steady: () => 0, tell: () => undefined };
  const setting = { origin: new URL("http://a.test"), failover: [], authorization: undefined, check: "/ready" };
  const sites = new Sites([setting], parts);
  const asked = Promise.withResolvers<Leaving>();
  const send = async ({ signal }: { readonly signal: Leaving }): Promise<Answer> => {
    asked.resolve(signal);
    return answer;
  };
  using _checks = checkingHealth({ send, sites: sites.said, every: 60_000, within: 1000, isOffline: () => false });
  const signal = await asked.promise;
  await new Promise((resolve) => setImmediate(resolve));
  expect(signal.aborted).toBeTrue();
});
