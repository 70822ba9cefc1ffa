import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { explainStorable, reasonOf } from "../../src/caching/explain-storable.ts";
import { STORING_RULES, storable } from "../../src/caching/storable.ts";
import { requestFields, responses } from "./arbitraries.ts";
import { NO_DEFAULT, POLICY, reading, storing } from "./build.ts";

const situations = fc.record({
  request: requestFields,
  method: fc.constantFrom("GET", "GET", "GET", "HEAD", "POST"),
  response: responses,
  personal: fc.boolean(),
  policy: fc.constantFrom(POLICY, NO_DEFAULT),
});

describe("RFC 9111 §3: the rules that an explanation shows", () => {
  test("lead to what storable decides, whatever is asked and answered", () => {
    const reasons = new Set<string>();
    fc.assert(
      fc.property(situations, ({ request, method, response, personal, policy }) => {
        const asked = storing(request, method);
        const came = reading({ ...response, personal, policy });
        const vary = response.fields.vary ?? null;
        const { decision, rules } = explainStorable(asked, came, vary);
        expect(decision).toEqual(storable(asked, came, vary));
        const refusing = rules.filter(({ answer }) => answer === "no");
        expect(refusing.length).toBe(decision.type === "store" ? 0 : 1);
        if (decision.type === "store") expect(rules).toHaveLength(STORING_RULES.length);
        else {
          reasons.add(decision.reason);
          expect(rules.at(-1)?.answer).toBe("no");
          expect(rules.at(-1)?.change).toBe(reasonOf(decision.reason)?.change);
          expect(rules).toHaveLength(1 + STORING_RULES.findIndex(({ reason }) => reason === decision.reason));
        }
      }),
      { numRuns: 3000 },
    );
    expect(STORING_RULES.map(({ reason }) => reason).filter((reason) => !reasons.has(reason))).toEqual([]);
  });

  test.each([
    ["no-store", "the response said `no-store`", "RFC 9111 §5.2.2.5"],
    [
      "authorization",
      "the request has Authorization, and the response neither public, s-maxage nor must-revalidate",
      "RFC 9111 §3.5",
    ],
    ["too-large", "the response is larger than one entry may be", "--max-entry-size"],
  ])("the word %s in plain words", (word, says, section) => {
    expect(reasonOf(word)).toMatchObject({ says, section });
  });

  test.each(["heuristic", "expired", "constructor", ""])("%p is no reason not to store", (word) => {
    expect(reasonOf(word)).toBeUndefined();
  });
});
