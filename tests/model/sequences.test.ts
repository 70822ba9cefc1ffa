import { expect, test } from "bun:test";
import fc from "fast-check";
import { sequence } from "./arbitraries.ts";
import { type Exchange, Play, probes } from "./play.ts";
import { PATIENCE, runs } from "./runs.ts";

/** What an exchange is an example of, for the test to see that the sequences get about. */
function kindsOf({ asked, own, got, mustUse, alone }: Exchange): readonly string[] {
  const status = got.fields["cache-status"] ?? "";
  const of = {
    "a fresh response that must be used": mustUse,
    "a hit": status.includes("; hit; ttl=") && !status.includes("ttl=-"),
    "stale at once": status.includes("; hit; ttl=-") && own.length === 0,
    "stale and validated behind": status.includes("; hit; ttl=-") && own.length > 0,
    "stale because there was no answer": /detail=origin-/.test(status) && got.fields["x-cache"] === "STALE",
    "stale because of an error": status.includes("detail=stale-if-error"),
    freshened: got.fields["x-cache"] === "REVALIDATED",
    "collapsed forwarding": !alone && status.includes("; collapsed"),
    "304 from what is stored": got.status === 304 && own.length === 0,
    "206 from what is stored": got.status === 206 && own.length === 0,
    "504 for only-if-cached": status.includes("detail=only-if-cached"),
    "HEAD from a GET": asked.method === "HEAD" && status.includes("; hit") && got.fields["content-length"] !== "0",
    "a shared cookie": got.fields["set-cookie"] !== undefined && own.length === 0,
    "a body that broke off": got.broken,
    "a guessed lifetime": status.includes("; hit") && status.includes("detail=heuristic"),
    "an invalidation": !["GET", "HEAD"].includes(asked.method) && got.status < 400,
  };
  return Object.entries(of).flatMap(([kind, isSo]) => (isSo ? [kind] : []));
}

const KINDS = 16;

test(
  "whatever clients, origin and clock do, the cache does what RFC 9111 lets it do",
  async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(sequence, fc.constantFrom(0, 20), async (steps, defaultTtl) => {
        const play = new Play(defaultTtl, (exchange) => {
          for (const kind of kindsOf(exchange)) seen.add(kind);
        });
        for (const step of [...steps, ...probes()]) {
          const wrong = await play.take(step);
          // Thrown, since it is to be read by people.
          if (wrong !== undefined) throw new Error(wrong);
        }
      }),
      runs(1200),
    );
    expect([...seen].toSorted()).toHaveLength(KINDS);
  },
  PATIENCE,
);
