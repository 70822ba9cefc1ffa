import { isCredential } from "../caching/personal.ts";
import type { Rule } from "./rule.ts";

/** A property as it counts for a request, with the rules behind the first that have it too. */
export type ShownProperty = {
  /** As a person writes it; of fields with the name: `request.headers.cookie`. */
  readonly property: string;
  readonly place: string;
  readonly also: readonly string[];
  /** Whether its value is nobody's business. */
  readonly secret: boolean;
};

/** The properties of rules that are about a request, in the order in which they are first said. */
export function shownProperties(rules: readonly Rule[]): readonly ShownProperty[] {
  const places = new Map<string, readonly [string, ...string[]]>();
  for (const rule of rules) {
    for (const property of propertiesOf(rule)) {
      const [first, ...others] = places.get(property) ?? [];
      places.set(property, first === undefined ? [rule.place] : [first, ...others, rule.place]);
    }
  }
  return [...places].map(([property, [place, ...also]]) => ({ property, place, also, secret: isSecret(property) }));
}

/** What a rule says, by the names that a person writes. */
export function propertiesOf({ values }: Rule): readonly string[] {
  return Object.entries(values).flatMap(([property, value]) => {
    if (value === undefined) return [];
    if (property !== "request.headers" && property !== "response.headers") return [property];
    return Object.keys(value).map((name) => `${property}.${name}`);
  });
}

function isSecret(property: string): boolean {
  const [, name] = /^request\.headers\.(.*)$/.exec(property) ?? [];
  return name !== undefined && isCredential(name);
}
