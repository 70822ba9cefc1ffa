import type { Incoming } from "../../src/http/exchange.ts";
import { matchOf } from "../../src/rules/match.ts";
import { Matched } from "../../src/rules/matched.ts";
import type { Rule } from "../../src/rules/rule.ts";
import { RuleCounts } from "../../src/rules/rule-counts.ts";
import type { World } from "../../src/rules/world.ts";

/** What a rule about everything says of any request. */
export function matched(values: Rule["values"]): Matched {
  return new Matched([{ place: "rules[0]", match: matchOf({}), values }], "ours");
}

/** A world in which time passes only by pauses, with these numbers for chance. */
export function still(
  numbers: readonly number[] = [],
): World & { readonly paused: number[]; readonly abandoned: Request[] } {
  const paused: number[] = [];
  const abandoned: Request[] = [];
  const chances = numbers.values();
  let now = 0;
  return {
    ...{ paused, abandoned },
    random: () => chances.next().value ?? 0,
    enter: () => undefined,
    steady: () => now,
    pause: async (length) => {
      paused.push(length);
      now += length;
    },
    abandon: (request) => abandoned.push(request),
    publicOrigin: ({ url }) => url.origin,
    counts: new RuleCounts([], () => 0),
    originOf: () => new URL("http://origin.test/v1"),
  };
}

export function incoming(path: string, init: RequestInit = {}): Incoming {
  const url = new URL(path, "http://localhost:3000");
  const request = new Request(url.href, init);
  return { request, url, headers: new Headers(init.headers), client: () => "" };
}
