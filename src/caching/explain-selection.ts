import { type AskedRule, counted } from "./asked-rule.ts";
import type { Moment } from "./moment.ts";
import { shownValue } from "./personal.ts";
import type { Presented, Selecting } from "./selecting.ts";
import { type Choice, type Fit, fitOf, type ReusingRequest } from "./selection.ts";
import type { StoredResponse } from "./stored.ts";

/** A selecting header field of a stored response, held against a request; null where there is none. */
export type ComparedField = {
  readonly name: string;
  readonly stored: string | null;
  readonly asked: string | null;
  readonly matches: boolean;
};

/** Holds the selecting header fields of a stored response against a request, credentials hidden. */
export function comparedFields(stored: Selecting, asked: Presented): readonly ComparedField[] {
  return stored.map(([name, value]) => {
    const mine = asked(name);
    const shown = (text: string | null) => (text === null ? null : shownValue(name, text));
    return { name, stored: shown(value), asked: shown(mine), matches: value === mine };
  });
}

/** What is asked of all that is stored, in that order, with the fits that fail it. */
const STEPS: readonly {
  readonly rule: AskedRule["rule"];
  readonly section: string;
  readonly fails: readonly Fit[];
  readonly input: (request: ReusingRequest, stored: StoredResponse) => string;
  readonly change: string;
}[] = [
  {
    rule: "method-fits",
    section: "RFC 9111 §4",
    fails: ["method", "part-for-head"],
    input: ({ method }, stored) => `${method} is asked for, ${partOf(stored)}${stored.method} is stored`,
    change: "a whole response to GET answers both GET and HEAD",
  },
  {
    rule: "lifetime-is-for-all",
    section: "RFC 9111 §4.2.2",
    fails: ["guessed"],
    input: (_, { reading: { lifetime } }) => `the lifetime comes from ${lifetime.source}`,
    change:
      "the response states no lifetime, and the request says who sends it: let the response state one (max-age, s-maxage), or leave out the credentials",
  },
  {
    rule: "name-matches",
    section: "RFC 9111 §4",
    fails: ["name"],
    input: ({ publicOrigin }, stored) => `asked as ${publicOrigin}, stored as ${stored.publicOrigin}`,
    change: "ask by the name by which it is stored: the origin is told the name and may print it",
  },
  {
    rule: "fields-match",
    section: "RFC 9111 §4.1",
    fails: ["fields"],
    input: ({ presented }, { selecting }) => fieldsText(comparedFields(selecting, presented)),
    change: "send the selecting header fields as the stored response was asked for, or let Vary name fewer",
  },
  {
    rule: "part-suffices",
    section: "RFC 9111 §3.3",
    fails: ["lacking"],
    input: ({ range }, stored) =>
      `${range === undefined ? "the whole" : "a part"} is asked for, ${partOf(stored) || "the whole "}is stored`,
    change: "ask for a part that is stored, or let the whole be fetched once",
  },
];

/** What was asked to select one of the stored responses; of several the one that went furthest is told of. */
export function selectionRules(
  request: ReusingRequest,
  variants: readonly StoredResponse[],
  now: Moment,
  choice: Choice,
): readonly AskedRule[] {
  const input = `${counted(variants.length, "response", "responses")} under the key`;
  const stored = { rule: "something-is-stored", section: "RFC 9111 §4", input } as const;
  if (variants.length === 0) {
    return [{ ...stored, answer: "no", change: "ask once more: the next answer is stored, if it may be" }];
  }
  const rules: AskedRule[] = [{ ...stored, answer: "yes" }];
  let left = variants.map((variant) => ({ variant, fit: fitOf(request, variant, now.wall) }));
  for (const { rule, section, fails, input, change } of STEPS) {
    const passing = left.filter(({ fit }) => !fails.includes(fit));
    const told = passing.length > 0 ? passing[0] : nearest(request, left);
    if (told === undefined) break;
    const asked = { rule, section, input: input(request, told.variant) } as const;
    if (passing.length > 0) {
      rules.push({ ...asked, answer: "yes" });
      left = passing;
      continue;
    }
    // Content in the language that is preferred makes up for a field that differs.
    if (choice.type === "one") rules.push({ ...asked, answer: "no" }, languageRule(request, choice.stored));
    else rules.push({ ...asked, answer: "no", change });
    break;
  }
  return rules;
}

/** The one of which the fewest selecting header fields differ. */
function nearest<T extends { readonly variant: StoredResponse }>(
  { presented }: ReusingRequest,
  of: readonly T[],
): T | undefined {
  const distance = ({ variant }: T): number =>
    variant.selecting.filter(([name, value]) => presented(name) !== value).length;
  return of.toSorted((a, b) => distance(a) - distance(b))[0];
}

function languageRule(request: ReusingRequest, { reading }: StoredResponse): AskedRule {
  const input = `Accept-Language: ${request.presented("accept-language") ?? ""}, stored in ${reading.language ?? ""}`;
  return { rule: "language-is-preferred", section: "RFC 9111 §4.1", input, answer: "yes" };
}

function fieldsText(fields: readonly ComparedField[]): string {
  if (fields.length === 0) return "the response has no Vary that selects";
  const differing = fields.filter(({ matches }) => !matches);
  return (differing.length > 0 ? differing : fields)
    .map(({ name, stored, asked, matches }) =>
      matches ? `${name}: ${valueText(asked)}` : `${name} is ${valueText(asked)}, stored for ${valueText(stored)}`,
    )
    .join("; ");
}

function valueText(value: string | null): string {
  return value === null ? "absent" : value === "" ? "empty" : value;
}

function partOf({ reading: { contentRange } }: StoredResponse): string {
  return contentRange === undefined
    ? ""
    : `a part (${contentRange.first}-${contentRange.last}/${contentRange.complete}) `;
}
