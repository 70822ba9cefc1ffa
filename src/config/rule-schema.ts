import * as v from "valibot";
import { isHopByHop } from "../http/hop-by-hop.ts";
import { type Match, matchOf, type WrittenMatch } from "../rules/match.ts";
import type { Cookies, Cors, Delay, Fault, FieldChanges, OwnBody, Rule, Then } from "../rules/rule.ts";
import { parseIgnoreQuery } from "./ignore-query.ts";
import { keyBody } from "./key-body-schema.ts";
import { parseOrigin } from "./origin.ts";
import { between, list, read, shape, whole, word } from "./schema.ts";
import { parseBandwidth, parseDuration } from "./units.ts";

const text = v.string("is not a text");
const yesOrNo = v.boolean("is not true or false");
const TOKEN = /^[!#$%&'*+.^_`|~0-9a-z-]+$/i;
const token = (what: string) => v.pipe(text, v.regex(TOKEN, `is not the name of a ${what}`));
const fieldName = v.pipe(
  token("field"),
  v.toLowerCase(),
  v.check((name) => !isHopByHop(name) && name !== "content-length", "belongs to the connection, which no rule changes"),
);
const method = token("method");
const duration = read("a duration", parseDuration);
const fieldValue = v.nullable(v.pipe(text, v.regex(/^[\t\x20-\x7e\x80-\xff]*$/, "is nothing that a field may hold")));
const fields: v.GenericSchema<unknown, FieldChanges> = v.record(fieldName, fieldValue, "is not an object of fields");

/** As the flag of that name takes it between commas. */
const parameterNames = v.pipe(
  list(text, "names"),
  v.rawTransform<string[], readonly string[]>(({ dataset, addIssue, NEVER }) => {
    const parsed = parseIgnoreQuery(dataset.value.join());
    if (parsed.ok) return parsed.value;
    addIssue({ message: parsed.message });
    return NEVER;
  }),
);

const writtenMatch = shape({
  path: v.optional(text),
  method: v.optional(v.lazy((value) => (Array.isArray(value) ? list(method, "methods") : method))),
  host: v.optional(
    v.pipe(text, v.regex(/^[^/\s]+$/, "is not a host: write a name such as *.localhost, with a port or not")),
  ),
  headers: v.optional(v.record(v.pipe(token("field"), v.toLowerCase()), text, "is not an object of fields")),
});

const NOT_SENT = "is nothing that can be sent: write a text, or what JSON can hold";

/** A value as a person reads it; undefined where JSON has none for it, such as for a function, a bigint or what holds itself. */
function asJson(value: unknown): string | undefined {
  try {
    // What holds itself is found out much sooner without a layout.
    return JSON.stringify(value) && JSON.stringify(value, undefined, 2);
  } catch {
    // The message says what may be written.
    return undefined;
  }
}

/** `GET /users/:id` or `/users/:id`. */
const matchText = v.pipe(
  text,
  v.rawTransform<string, WrittenMatch>(({ dataset, addIssue, NEVER }) => {
    const [, named, path] = /^(?:([!#$%&'*+.^_`|~0-9a-z-]+) +)?(\/.*)$/i.exec(dataset.value) ?? [];
    if (path !== undefined) return named === undefined ? { path } : { path, method: named };
    addIssue({ message: "is not the pattern of a path: write something like /users/:id, or POST /users/*" });
    return NEVER;
  }),
);

const match = v.pipe(
  v.lazy((value): v.GenericSchema<unknown, WrittenMatch> => (typeof value === "string" ? matchText : writtenMatch)),
  v.rawTransform<WrittenMatch, Match>(({ dataset, addIssue, NEVER }) => {
    try {
      if (dataset.value.path?.startsWith("/") ?? true) return matchOf(dataset.value);
      addIssue({ message: "is not the pattern of a path: it has to begin with /" });
    } catch (error) {
      addIssue({ message: `is not a pattern: ${error instanceof Error ? error.message : String(error)}` });
    }
    return NEVER;
  }),
);

const fixed = v.pipe(
  duration,
  v.transform((ms): Delay => ({ type: "fixed", ms })),
);
const range = v.pipe(
  shape({ min: duration, max: duration }),
  v.check(({ min, max }) => min <= max, "has a min that is longer than its max"),
  v.transform(({ min, max }): Delay => ({ type: "range", min, max })),
);
const lognormal = v.pipe(
  shape({ median: duration, sigma: between(0, 5) }),
  v.transform(({ median, sigma }): Delay => ({ type: "lognormal", median, sigma })),
);
const recorded = v.pipe(
  v.literal("recorded"),
  v.transform((): Delay => ({ type: "recorded" })),
);
const delay = v.lazy((value): v.GenericSchema<unknown, Delay> => {
  if (value === "recorded") return recorded;
  if (typeof value !== "object" || value === null) return fixed;
  return "median" in value || "sigma" in value ? lognormal : range;
});

const faultType = word("reset", "empty", "truncated", "malformed", "timeout", "status");
const rate = v.optional(between(0, 1), 1);
const broken = v.pipe(
  shape({ type: faultType, rate }),
  v.transform((of): Fault => ({ ...of, status: 503, retryAfter: undefined })),
);
const errorStatus = v.pipe(
  shape({ type: faultType, rate, status: v.optional(whole(200, 599)), retryAfter: v.optional(duration) }),
  v.transform(({ type, rate, retryAfter, status = retryAfter === undefined ? 503 : 429 }): Fault => {
    return { type, rate, status, retryAfter };
  }),
);
const fault = v.lazy((value): v.GenericSchema<unknown, Fault> => {
  const isStatus = typeof value === "object" && value !== null && "type" in value && value.type === "status";
  return isStatus ? errorStatus : broken;
});

const origin = v.pipe(
  text,
  v.regex(/^https?:\/\/[^/\s]+$|^\*$/, "is not an origin: write it as https://example.com or http://*.localhost:*"),
);
const corsShape = v.pipe(
  shape({
    origins: v.optional(list(origin, "origins")),
    methods: v.optional(list(method, "methods")),
    headers: v.optional(list(fieldName, "names of fields")),
    expose: v.optional(list(fieldName, "names of fields")),
    credentials: v.optional(yesOrNo, false),
    maxAge: v.optional(duration),
  }),
  v.check(
    ({ origins, credentials }) => !credentials || (origins !== undefined && !origins.includes("*")),
    "has credentials for any page: name the origins that may act for a user",
  ),
  v.transform(
    ({ origins, methods, headers, expose, credentials, maxAge }): Cors => ({
      origins,
      methods,
      headers,
      expose,
      credentials,
      maxAge,
    }),
  ),
);
const ANYBODY: Cors = {
  origins: undefined,
  methods: undefined,
  headers: undefined,
  expose: undefined,
  credentials: false,
  maxAge: undefined,
};
const cors = v.lazy(
  (value): v.GenericSchema<unknown, Cors> =>
    typeof value === "object"
      ? corsShape
      : v.pipe(
          v.literal(true, 'is not true, nor an object such as { origins: ["http://localhost:5173"] }'),
          v.transform(() => ANYBODY),
        ),
);

const cookies = v.pipe(
  shape({
    domain: v.optional(v.nullable(v.pipe(text, v.regex(/^[\w.-]+$/, "is not a domain")))),
    secure: v.optional(yesOrNo),
  }),
  v.transform(({ domain, secure }): Cookies => ({ domain, secure })),
);

const ownBody = v.pipe(
  v.custom<unknown>((value) => value !== undefined, NOT_SENT),
  v.rawTransform<unknown, OwnBody>(({ dataset: { value }, addIssue, NEVER }) => {
    if (typeof value === "string") return { text: value, type: "text/plain;charset=utf-8" };
    const text = asJson(value);
    if (text !== undefined) return { text: `${text}\n`, type: "application/json" };
    addIssue({ message: NOT_SENT });
    return NEVER;
  }),
);

const scenario = v.pipe(text, v.nonEmpty("names no scenario: write --scenario NAME"));
const then = v.pipe(
  v.nullable(scenario),
  v.transform((name): Then => ({ scenario: name ?? undefined })),
);

const properties = {
  scenario: v.optional(scenario),
  match: v.optional(match),
  origin: v.optional(read("the URL of an origin", parseOrigin)),
  ttl: v.optional(duration),
  staleWhileRevalidate: v.optional(duration),
  staleIfError: v.optional(duration),
  cache: v.optional(v.literal(false, "is not false; what is to be cached is said by ttl")),
  key: v.optional(
    shape({
      ignore: v.optional(parameterNames),
      query: v.optional(word("sorted", "exact")),
      body: v.optional(keyBody),
    }),
  ),
  request: v.optional(shape({ headers: v.optional(fields) })),
  response: v.optional(
    shape({ headers: v.optional(fields), status: v.optional(whole(200, 599)), body: v.optional(ownBody) }),
  ),
  cors: v.optional(cors),
  cookies: v.optional(cookies),
  location: v.optional(word("rewrite")),
  delay: v.optional(delay),
  bandwidth: v.optional(read("a bandwidth", parseBandwidth)),
  fault: v.optional(fault),
  then: v.optional(then),
};

/** A rule but for its place. */
export const rule = v.pipe(
  shape(properties),
  v.check(({ cache, ttl }) => cache !== false || ttl === undefined, "has a ttl and says cache: false"),
  v.transform(
    ({ match = matchOf({}), scenario, key, request, response, ...rest }): Omit<Rule, "place"> => ({
      match,
      scenario,
      values: {
        ...rest,
        "key.ignore": key?.ignore,
        "key.query": key?.query,
        "key.body": key?.body,
        "request.headers": request?.headers,
        "response.headers": response?.headers,
        "response.status": response?.status,
        "response.body": response?.body,
      },
    }),
  ),
);
