import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { AskedRule } from "../../src/caching/asked-rule.ts";
import { explainReuse } from "../../src/caching/explain-reuse.ts";
import { type Reuse, reuse } from "../../src/caching/reuse.ts";
import { cacheableMethod, requestFields, storedParts } from "./arbitraries.ts";
import { moment, POLICY, reusing, SECOND, stored, T0 } from "./build.ts";

type Seen = Pick<Reuse, "type"> & { readonly fwd?: string; readonly revalidate?: boolean };

/** What the rules that were asked say would be done, without a look at anything else. */
function implied(rules: readonly AskedRule[]): Seen {
  const answers = new Map(rules.map(({ rule, answer }) => [rule, answer]));
  const no = (rule: AskedRule["rule"]) => answers.get(rule) === "no";
  const unless = (seen: Seen): Seen => (no("origin-may-be-asked") ? { type: "gateway-timeout" } : seen);
  if (no("something-is-stored")) return unless({ type: "forward", fwd: "uri-miss" });
  if (no("method-fits") || no("lifetime-is-for-all")) return unless({ type: "forward", fwd: "miss" });
  if (no("name-matches") || (no("fields-match") && answers.get("language-is-preferred") !== "yes"))
    return unless({ type: "forward", fwd: "vary-miss" });
  if (no("part-suffices")) {
    if (answers.get("part-can-be-completed") === "yes") return { type: "complete" };
    return unless({ type: "forward", fwd: no("fresh") ? "stale" : "partial" });
  }
  if (answers.get("within-stale-while-revalidate") === "yes") return { type: "stale", revalidate: true };
  if (answers.get("within-max-stale") === "yes") return { type: "stale", revalidate: false };
  if (no("fresh") || no("response-permits-unvalidated")) return unless({ type: "validate", fwd: "stale" });
  if (no("request-permits-stored") || no("young-enough") || no("fresh-long-enough"))
    return unless({ type: "validate", fwd: "request" });
  return { type: "fresh" };
}

function seen(decision: Reuse): Seen {
  const { type } = decision;
  if (type === "stale") return { type, revalidate: decision.revalidate };
  return "fwd" in decision ? { type, fwd: decision.fwd } : { type };
}

const situations = fc.record({
  request: requestFields,
  method: cacheableMethod,
  name: fc.constantFrom("http://localhost:3000", "http://localhost:3000", "http://other"),
  variants: fc.array(storedParts, { maxLength: 3 }),
  seconds: fc.constantFrom(0, 5, 15, 20, 25, 30, 45, 100),
});

describe("RFC 9111 §4: the rules that an explanation shows", () => {
  test("lead to what reuse decides, whatever is asked and stored", () => {
    const reached = new Set<string>();
    fc.assert(
      fc.property(situations, ({ request, method, name, variants, seconds }) => {
        const asked = { ...reusing(request, method), publicOrigin: name };
        const held = variants.map(stored);
        const now = moment(T0 + seconds * SECOND);
        const { decision, rules } = explainReuse(asked, held, now, POLICY);
        expect(decision).toEqual(reuse(asked, held, now, POLICY));
        expect(implied(rules)).toEqual(seen(decision));
        reached.add(decision.type);
        for (const { rule, answer } of rules) reached.add(`${rule} ${answer}`);
      }),
      { numRuns: 3000 },
    );
    // What never came about would not have been compared.
    const types = ["fresh", "stale", "validate", "complete", "forward", "gateway-timeout"];
    const both = ["name-matches", "fields-match", "part-suffices", "young-enough", "fresh", "within-max-stale"];
    expect(
      [...types, ...both.flatMap((rule) => [`${rule} yes`, `${rule} no`])].filter((one) => !reached.has(one)),
    ).toEqual([]);
  });

  test("what stands in the way says what would change it", () => {
    fc.assert(
      fc.property(situations, ({ request, method, variants, seconds }) => {
        const now = moment(T0 + seconds * SECOND);
        const { decision, rules } = explainReuse(reusing(request, method), variants.map(stored), now, POLICY);
        const changes = rules.filter(({ change }) => change !== undefined);
        if (decision.type === "fresh") expect(changes).toEqual([]);
        else expect(changes.length).toBeGreaterThan(0);
        expect(changes.every(({ answer }) => answer === "no")).toBe(true);
      }),
    );
  });

  test.each<[string, Record<string, string>, string, string]>([
    ["a fresh one", {}, "fresh yes", "10s old, fresh for 60s"],
    [
      "the request's no-cache",
      { "cache-control": "no-cache" },
      "request-permits-stored no",
      "the request said no-cache",
    ],
    [
      "the request's max-age",
      { "cache-control": "max-age=5" },
      "young-enough no",
      "the request said max-age=5, the response is 10s old",
    ],
    ["a field that differs", { "accept-charset": "b" }, "fields-match no", "accept-charset is b, stored for absent"],
    ["a credential", { "x-api-key": "secret" }, "fields-match no", "x-api-key is ***, stored for absent"],
  ])("%s", (_, fields, rule, input) => {
    const one = stored({ fields: { "cache-control": "max-age=60", vary: "Accept-Charset, X-Api-Key" } });
    const { rules } = explainReuse(reusing(fields), [one], moment(T0 + 10 * SECOND), POLICY);
    const last = rules.findLast((asked) => `${asked.rule} ${asked.answer}` === rule);
    expect(last?.input).toContain(input);
  });
});
