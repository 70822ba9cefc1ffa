import { rememberedWith } from "../http/remembered.ts";
import { Matched, type OfFields } from "./matched.ts";
import type { Rule, Values } from "./rule.ts";

/** What is done with the client's end of an exchange, whatever the cache gives: nothing of it is ever stored. */
const BEFORE_THE_CACHE: ReadonlySet<string> = new Set<keyof Values>([
  "response.headers",
  "response.status",
  "response.body",
  "cors",
  "cookies",
  "location",
  "delay",
  "bandwidth",
  "fault",
  "then",
]);

/**
 * The name under which a request's responses are stored apart from others of the same URL, since a rule that counts in some lanes or
 * scenarios alone has changed what is asked of the origin or what the cache reads of its answer; undefined where none has. Who is
 * answered by the same values shares what they brought, whatever lane he is in.
 */
export const apartOf = rememberedWith((matched: Matched): Apart => {
  const { rules, credentials } = matched;
  if (!rules.some(isConditional)) return {};
  const usual = storedBy(
    new Matched(
      rules.filter((rule) => !isConditional(rule)),
      credentials,
    ),
  );
  const here = storedBy(matched);
  return usual === here
    ? {}
    : { name: `rules-${new Bun.CryptoHasher("sha256").update(here).digest("hex").slice(0, 16)}` };
});

/** An object, so that it can be remembered. */
export type Apart = { readonly name?: string };

function isConditional({ scenario, lane }: Rule): boolean {
  return scenario !== undefined || lane !== undefined;
}

/** All that rules say of what is stored, as one text. */
function storedBy(matched: Matched): string {
  const names = new Set(matched.rules.flatMap(({ values }) => Object.keys(values)));
  const said = [...names]
    .filter((name) => !BEFORE_THE_CACHE.has(name))
    .sort()
    .flatMap((name) => {
      const value = isOfFields(name) ? fieldsOf(matched, name) : firstOf(matched, name);
      // What a rule leaves out may be there without a value.
      return value === undefined || (Array.isArray(value) && value.length === 0) ? [] : [[name, value]];
    });
  // Whether cookies are taken away decides whether a lifetime counts for an answer that sets one (rules/lifetime.ts).
  const strips = fieldsOf(matched, "response.headers").some(([name, value]) => name === "set-cookie" && value === null);
  return JSON.stringify([said, strips]);
}

function isOfFields(name: string): name is OfFields {
  return name === "request.headers" || name === "response.headers";
}

function fieldsOf(matched: Matched, property: OfFields): readonly (readonly [string, string | null])[] {
  return matched
    .fields(property)
    .map(({ name, value }) => [name, value] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

function firstOf({ rules }: Matched, name: string): unknown {
  for (const { values } of rules) {
    const value: unknown = Reflect.get(values, name);
    if (value !== undefined && value !== null) return value;
  }
  return undefined;
}
