/** What messages say of themselves, as the model reads it: its own reading, of no more than what the tests write. */

/** Field names in lower case. */
export type Fields = Readonly<Record<string, string>>;

/** What a client asked for. `key` is the URL with its query sorted. */
export type Asked = { readonly method: string; readonly key: string; readonly fields: Fields };

/** What the origin answered. `serial` is unique, and stands in the field x-serial of each of its answers. */
export type Answered = {
  readonly serial: number;
  readonly status: number;
  readonly fields: Fields;
  readonly body: string;
  /** Whether the body came to an end that proves it whole, and is small enough to be kept. */
  readonly keepable: boolean;
  readonly requestTime: number;
  readonly responseTime: number;
};

/** A response that may lie in the store, with its fields as they would be there. */
export type Entry = Answered & {
  readonly method: string;
  readonly key: string;
  /** What Vary names, with the values of the request. */
  readonly selecting: readonly (readonly [name: string, value: string | undefined])[];
  /** Somebody identified himself on the way: nobody's guess makes it fresh (house). */
  readonly personal: boolean;
  /** It must be in the store, not just may. */
  readonly sure: boolean;
};

/** What the operator has set: the lifetime of what states none, in seconds. */
export type Policy = { readonly defaultTtl: number };

/** RFC 9110 §15.1, as far as the tests use them. */
export const HEURISTIC = [200, 203, 204, 301, 404];
/** House: what the default lifetime is for. */
const DEFAULTED = [200, 203, 301];
const DAY = 24 * 60 * 60;

/** The directives of a Cache-Control value (§5.2): `true` where there is no argument. */
export function directives(fields: Fields): ReadonlyMap<string, string | true> {
  const members = (fields["cache-control"] ?? "").split(/\s*,\s*/).filter((member) => member !== "");
  return new Map(
    members.map((member) => {
      const [name = "", argument] = member.split("=");
      return [name, argument?.replaceAll('"', "") ?? true];
    }),
  );
}

export function seconds(of: ReadonlyMap<string, string | true>, name: string): number | undefined {
  const value = of.get(name);
  return typeof value === "string" ? Number(value) : undefined;
}

function date(field: string | undefined): number | undefined {
  const ms = Date.parse(field ?? "");
  return Number.isNaN(ms) ? undefined : ms / 1000;
}

/** Date, or when it came (RFC 9110 §6.6.1). */
export function dateOf(of: Answered): number {
  return date(of.fields.date) ?? of.responseTime;
}

/** §3.5 knows Authorization, the house Cookie too. */
export function identifies(request: Fields): boolean {
  return request.authorization !== undefined || request.cookie !== undefined;
}

export function isStated(fields: Fields): boolean {
  const of = directives(fields);
  return ["public", "max-age", "s-maxage"].some((name) => of.has(name)) || fields.expires !== undefined;
}

/** §4.2.1, §4.2.2; `guessed` where nobody stated it. */
export function lifetime(of: Entry, { defaultTtl }: Policy): { readonly seconds: number; readonly guessed: boolean } {
  const said = directives(of.fields);
  const explicit = seconds(said, "s-maxage") ?? seconds(said, "max-age");
  if (explicit !== undefined) return { seconds: explicit, guessed: false };
  const { expires, "last-modified": modified } = of.fields;
  if (expires !== undefined) return { seconds: Math.max(0, (date(expires) ?? 0) - dateOf(of)), guessed: false }; // §5.3
  if (of.personal || said.get("no-cache") === true) return { seconds: 0, guessed: false };
  const since = date(modified);
  if (since !== undefined && (HEURISTIC.includes(of.status) || said.has("public")))
    return { seconds: Math.min(DAY, Math.max(0, dateOf(of) - since) / 10), guessed: true };
  const isDefaulted = defaultTtl > 0 && DEFAULTED.includes(of.status);
  return { seconds: isDefaulted ? defaultTtl : 0, guessed: isDefaulted };
}

/** §4.2.3. A clock that steps back makes nothing younger than it arrived (house). */
export function age(of: Answered, now: number): number {
  const apparent = Math.max(0, of.responseTime - dateOf(of));
  const corrected = Number(of.fields.age ?? 0) + of.responseTime - of.requestTime;
  return Math.max(apparent, corrected) + Math.max(0, now - of.responseTime);
}
