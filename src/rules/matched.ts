import { isClaim } from "../http/claims.ts";
import { isForSome, type Rule, type Values } from "./rule.ts";

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
  /**
   * Whether a request may go to the origin with another host than others for the same URL: the key does not tell them apart, so that of two
   * answers neither may be stored for all.
   */
  readonly isHostedApart: boolean;

  constructor(rules: readonly Rule[], credentials: Credentials) {
    this.rules = rules;
    this.credentials = credentials;
    this.isHostedApart = rules.some(
      (rule) => isForSome(rule) && Object.keys(rule.values["request.headers"] ?? {}).some(tellsWhom),
    );
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

/** Whether a field tells the origin as whom it is asked, or for whom: whatever a client says there, the proxy sets it on the way. */
export function tellsWhom(name: string): boolean {
  return name === "host" || name.startsWith("x-forwarded-") || isClaim(name);
}
