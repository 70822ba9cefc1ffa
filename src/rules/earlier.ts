import type { Earlier, Verdict } from "../caching/ruling.ts";
import type { Incoming } from "../http/exchange.ts";
import { preflightFor } from "./cors.ts";
import type { RulesInForce } from "./in-force.ts";

/** What of a request's answer rules make by themselves, before anybody else is asked; undefined where they do not, or do so by chance. */
export function answeredByRules(rules: RulesInForce, incoming: Incoming): Earlier | undefined {
  // Who purges asks us and no origin.
  if (incoming.request.method === "PURGE") return undefined;
  const preflight = preflightFor(rules, incoming);
  if (preflight !== undefined) return answered("cors-preflight", preflight.cors.place, "cors", "answers preflights");
  const matched = rules.of(incoming);
  const fault = matched.first("fault");
  if (fault !== undefined && fault.value.rate >= 1) {
    const { type } = fault.value;
    // What breaks off was answered by somebody before.
    if (type !== "truncated" && type !== "malformed") {
      return answered(`fault-${type}`, fault.place, "fault", "has each such request fail");
    }
  }
  const body = matched.first("response.body");
  return body === undefined ? undefined : answered("rule", body.place, "response.body", "answers by itself");
}

/** By which rule the cache is left out. */
export function passedByRules(rules: RulesInForce, incoming: Incoming): Earlier {
  const verdict = { type: "bypass", fwd: "bypass", detail: "rule" } as const;
  const section = "config file";
  const place = rules.of(incoming).first("cache")?.place;
  if (place === undefined) {
    const because = "a rule of the config tells the origin another host for some: it is asked, and nothing is stored";
    return { verdict, because, section, change: "leave the fields out that tell the origin another host" };
  }
  return {
    verdict,
    because: `${place} of the config says \`cache: false\`: the origin is asked without a look at what is stored`,
    section,
    change: `leave \`cache: false\` out of ${place}, or put a rule with a \`ttl\` before it`,
  };
}

function answered(
  detail: Extract<Verdict, { readonly type: "answered" }>["detail"],
  place: string,
  property: string,
  does: string,
): Earlier {
  return {
    verdict: { type: "answered", detail },
    because: `${place} of the config ${does} (\`${property}\`), before the cache is asked`,
    section: "config file",
    change: `leave \`${property}\` out of ${place}`,
  };
}
