import type { Rule, Values } from "./rule.ts";

/** A value with the rule that it comes from. */
export type Found<T> = { readonly value: T; readonly place: string };

/** A field to set, or with null to take away. */
export type FoundField = Found<string | null> & { readonly name: string };

/** Whose the credentials are that rules set: the proxy's own, the same for all who ask for a URL, or those of who asks. */
export type Credentials = "ours" | "clients";

/** Properties that hold changes of fields, each of which is found by itself. */
export type OfFields = "request.headers" | "response.headers";
export type Property = Exclude<keyof Values, OfFields>;

/** The rules that are about a request, in their order: of each property the first value counts. */
export class Matched {
  readonly rules: readonly Rule[];
  readonly credentials: Credentials;

  constructor(rules: readonly Rule[], credentials: Credentials) {
    this.rules = rules;
    this.credentials = credentials;
  }

  first<P extends Property>(property: P): Found<NonNullable<Partial<Values>[P]>> | undefined {
    for (const { values, place } of this.rules) {
      const value = values[property];
      if (value !== undefined && value !== null) return { value, place };
    }
    return undefined;
  }

  fields(property: OfFields): readonly FoundField[] {
    const found = new Map<string, FoundField>();
    for (const { values, place } of this.rules) {
      for (const [name, value] of Object.entries(values[property] ?? {})) {
        if (!found.has(name)) found.set(name, { name, value, place });
      }
    }
    return [...found.values()];
  }
}
