import fc from "fast-check";

/** Of which conditions a request has what. Serials count back from the newest answer of the origin. */
export type RequestSpec = {
  readonly method: string;
  readonly path: string;
  readonly cacheControl: string | undefined;
  readonly ifNoneMatch: number | undefined;
  readonly ifModifiedSince: number | undefined;
  readonly identity: "nobody" | "authorization" | "cookie";
  readonly flavour: string | undefined;
  readonly range: readonly [number, number] | undefined;
};

/** What the origin would do now. Times are in seconds before or after now. */
export type AnswerSpec = {
  readonly deed: "page" | "unreachable" | "timeout" | "cut" | "large";
  readonly delay: number;
  readonly status: number;
  readonly cacheControl: string | undefined;
  readonly expires: number | "invalid" | undefined;
  readonly age: number | undefined;
  readonly date: number | undefined;
  readonly tag: "strong" | "weak" | undefined;
  readonly lastModified: number | undefined;
  readonly vary: string | undefined;
  readonly setCookie: boolean;
  readonly secret: boolean;
  readonly framing: "announced" | "chunked" | "until-close";
  /** What it says to a conditional request. `bare`: with nothing but its Date. */
  readonly whenAsked: "again" | "not-modified" | "not-modified-untagged" | "not-modified-other" | "bare";
};

export type Visit = { readonly request: RequestSpec; readonly answer: AnswerSpec };

export type Step =
  /** One request, or several at the same time. */
  | { readonly type: "visits"; readonly visits: readonly Visit[] }
  | { readonly type: "clock"; readonly seconds: number }
  | { readonly type: "clear" };

const seconds = fc.constantFrom(0, 1, 5, 10, 30, 100);
const lifetime = fc.constantFrom(0, 1, 10, 10, 30, 100, 100);
/** Once in so many times and one more. */
const rarely = <T>(arbitrary: fc.Arbitrary<T>, times = 3): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: times, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
const withSeconds = (name: string, value: fc.Arbitrary<number>) => value.map((s) => `${name}=${s}`);

const requestControl = fc
  .uniqueArray(
    fc.oneof(
      fc.constantFrom("no-cache", "no-store", "only-if-cached", "max-stale"),
      withSeconds("max-age", seconds),
      withSeconds("max-stale", seconds),
      withSeconds("min-fresh", seconds),
      withSeconds("stale-if-error", seconds),
    ),
    { minLength: 1, maxLength: 2, selector: nameOf },
  )
  .map((members) => members.join(", "));

const responseControl = fc
  .uniqueArray(
    fc.oneof(
      { weight: 4, arbitrary: withSeconds("max-age", lifetime) },
      { weight: 2, arbitrary: withSeconds("s-maxage", lifetime) },
      { weight: 2, arbitrary: withSeconds("stale-while-revalidate", seconds) },
      { weight: 2, arbitrary: withSeconds("stale-if-error", seconds) },
      { weight: 2, arbitrary: fc.constantFrom("public", "private", "no-store", "no-cache", "must-revalidate") },
      { weight: 1, arbitrary: fc.constantFrom("proxy-revalidate", "must-understand") },
      { weight: 1, arbitrary: fc.constantFrom('private="x-secret"', 'no-cache="x-secret"') },
    ),
    { minLength: 1, maxLength: 4, selector: nameOf },
  )
  .map((members) => members.join(", "));

function nameOf(directive: string): string | undefined {
  return directive.split("=")[0];
}

const request: fc.Arbitrary<RequestSpec> = fc.record({
  method: fc.oneof(
    { weight: 16, arbitrary: fc.constant("GET") },
    { weight: 4, arbitrary: fc.constant("HEAD") },
    { weight: 2, arbitrary: fc.constantFrom("POST", "PUT", "DELETE") },
  ),
  path: fc.constantFrom("/a", "/a", "/b?x=1&y=2", "/b?y=2&x=1", "/b?x=1"),
  cacheControl: rarely(requestControl),
  ifNoneMatch: rarely(fc.nat(3), 6),
  ifModifiedSince: rarely(fc.constantFrom(-1000, -100, 0), 8),
  identity: fc.constantFrom("nobody" as const, "nobody" as const, "authorization" as const, "cookie" as const),
  flavour: fc.constantFrom(undefined, "sweet", "sour"),
  range: rarely(fc.tuple(fc.nat(40), fc.nat(60)), 8),
});

const answer: fc.Arbitrary<AnswerSpec> = fc.record({
  deed: fc.oneof(
    { weight: 12, arbitrary: fc.constant("page" as const) },
    { weight: 4, arbitrary: fc.constantFrom("unreachable" as const, "timeout" as const) },
    { weight: 2, arbitrary: fc.constantFrom("cut" as const, "large" as const) },
  ),
  delay: fc.constantFrom(0, 0, 0, 1, 3),
  status: fc.oneof(
    { weight: 3, arbitrary: fc.constant(200) },
    { weight: 2, arbitrary: fc.constantFrom(200, 203, 204, 299, 301, 302, 404, 500, 503) },
  ),
  cacheControl: fc.option(responseControl, { nil: undefined, freq: 5 }),
  expires: rarely(fc.constantFrom(-10, 0, 10, 100, "invalid" as const), 6),
  age: rarely(seconds, 5),
  date: fc.option(fc.constantFrom(0, 0, 0, -5, -50, 20), { nil: undefined, freq: 8 }),
  tag: fc.constantFrom("strong" as const, "strong" as const, "weak" as const, undefined),
  lastModified: rarely(fc.constantFrom(0, -100, -1000)),
  vary: fc.oneof(
    { weight: 4, arbitrary: fc.constant(undefined) },
    { weight: 3, arbitrary: fc.constantFrom("x-flavour", "x-flavour", "x-flavour, x-other", "*") },
  ),
  setCookie: fc.constantFrom(false, false, false, true),
  secret: fc.boolean(),
  framing: fc.constantFrom("announced" as const, "announced" as const, "chunked" as const, "until-close" as const),
  whenAsked: fc.constantFrom(
    "again" as const,
    "not-modified" as const,
    "not-modified" as const,
    "not-modified-untagged" as const,
    "not-modified-other" as const,
    "bare" as const,
  ),
});

const visit: fc.Arbitrary<Visit> = fc.record({ request, answer });

/** Requests that one answer may do for, but for what they say of its age. */
const plain: fc.Arbitrary<Visit> = visit.map(({ request, answer }) => ({
  request: {
    ...{ ...request, method: "GET", identity: "nobody" },
    ...{ ifNoneMatch: undefined, ifModifiedSince: undefined, range: undefined },
  },
  answer,
}));

/** Several at once ask for the same, and none of them for a change. */
const crowd: fc.Arbitrary<readonly Visit[]> = fc
  .oneof(fc.array(visit, { minLength: 2, maxLength: 3 }), fc.array(plain, { minLength: 2, maxLength: 4 }))
  .map((visits) =>
    visits.map(({ request, answer }) => ({
      request: {
        ...request,
        path: visits[0]?.request.path ?? request.path,
        method: request.method === "HEAD" ? "HEAD" : "GET",
      },
      // Else the clock would go on for all while one of them waits.
      answer: { ...answer, delay: 0 },
    })),
  );

const visits = fc.oneof({ weight: 4, arbitrary: visit.map((one) => [one]) }, { weight: 1, arbitrary: crowd });

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ type: fc.constant("visits" as const), visits }) },
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant("clock" as const),
      seconds: fc.constantFrom(1, 5, 9, 10, 11, 31, -3, -40),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ type: "clear" as const }) },
);

export const sequence: fc.Arbitrary<readonly Step[]> = fc.array(step, { minLength: 2, maxLength: 30 });
