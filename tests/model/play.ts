import type { AnswerSpec, RequestSpec, Step, Visit } from "./arbitraries.ts";
import { type Deed, type Got, Harness, MAX_ENTRY, type Page, type Reached, type Sent } from "./harness.ts";
import { complaint } from "./judge.ts";
import type { Answered, Asked, Entry, Fields } from "./reading.ts";
import { Reference } from "./reference.ts";

/** What one client asked, what that made the origin do, and what it got. All times are whole seconds. */
export type Exchange = {
  readonly asked: Asked;
  readonly own: readonly Sent[];
  /** What reached the origin while it was under way, for whomever. */
  readonly all: readonly Sent[];
  readonly got: Got;
  readonly begun: number;
  readonly ended: number;
  /** All that may have lain in the store while it was under way, and what its own requests to the origin made of it. */
  readonly pool: readonly Entry[];
  readonly validated: readonly Entry[];
  /** Whether nobody else asked at the same time. */
  readonly alone: boolean;
  /** Whether the origin must not have been asked. */
  readonly mustUse: boolean;
};

/** A sequence of steps, played to the real cache and told to the model. */
export class Play {
  readonly harness: Harness;
  readonly model: Reference;
  /** What the origin would do, for each client by its number. */
  readonly #minds = new Map<string, AnswerSpec>();
  readonly #wishes = new Map<string, Asked>();
  #learnt = 0;

  /** @param watch is told of every exchange */
  constructor(
    defaultTtl: number,
    readonly watch: (exchange: Exchange) => void,
  ) {
    this.model = new Reference({ defaultTtl });
    this.harness = new Harness((request) => this.#decide(request), { ttl: defaultTtl * 1000 });
  }

  /** @returns what is wrong, if anything */
  async take(step: Step): Promise<string | undefined> {
    switch (step.type) {
      case "clock":
        this.harness.step(step.seconds);
        return undefined;
      case "clear":
        await this.harness.cache.store.clear();
        this.model.clear();
        return undefined;
      case "visits":
        return this.#visits(step.visits);
    }
  }

  async #visits(visits: readonly Visit[]): Promise<string | undefined> {
    const { harness, model } = this;
    const begun = harness.now;
    const before = model.entries;
    const askings = visits.map((visit) => this.#prepare(visit));
    const mustUse = askings.map(({ asked }) => model.mustUse(asked, begun));
    const gots = await Promise.all(askings.map(({ asking }) => harness.ask(asking)));
    const ended = harness.now;
    await harness.settled();
    const learnt = this.#learn(before, new Set(gots.map(({ fields }) => fields["x-serial"])));
    const alone = visits.length === 1;
    const pool = [...new Set([...learnt.entries, ...before, ...(alone ? [] : learnt.passing)])];
    for (const [i, { asked }] of askings.entries()) {
      const got = gots[i];
      if (got === undefined) throw new Error("each asks once");
      const own = learnt.sent.filter(({ fields }) => fields["x-client"] === asked.fields["x-client"]);
      const validated = learnt.of(asked.fields["x-client"] ?? "");
      const exchange = {
        asked,
        own,
        all: learnt.sent,
        got,
        begun,
        ended,
        pool,
        validated,
        alone,
        mustUse: mustUse[i] ?? false,
      };
      this.watch(exchange);
      const wrong = complaint(exchange, model);
      if (wrong !== undefined)
        return `${wrong}\n${JSON.stringify({ ...exchange, all: undefined, pool: pool.map((entry) => JSON.stringify(entry)) }, null, 1)}`;
    }
    return harness.errors.length > 0 ? `the cache reported ${String(harness.errors)}` : undefined;
  }

  #prepare({ request, answer }: Visit) {
    const client = String(this.#minds.size + 1);
    const fields = { ...requestFields(request, this.harness), "x-client": client };
    const asked = { method: request.method, key: keyOf(new URL(request.path, "http://x")), fields };
    this.#minds.set(client, answer);
    this.#wishes.set(client, asked);
    return { asked, asking: { method: request.method, url: request.path, fields } };
  }

  /** Tells the model what the origin has answered since it was last told. */
  #learn(known: readonly Entry[], delivered: ReadonlySet<string | undefined>) {
    const sent = this.harness.sent.slice(this.#learnt);
    this.#learnt = this.harness.sent.length;
    const made = sent.map((one) => {
      const asked = this.#wishes.get(one.fields["x-client"] ?? "");
      if (asked === undefined) throw new Error("a request reached the origin that nobody made");
      if ("type" in one.deed) return { one, entries: [], passing: [] };
      const answered = answeredOf(one, one.deed);
      // Of several at the same time nobody knows which was stored last.
      const isDelivered = sent.length === 1 && delivered.has(String(answered.serial));
      const entries = this.model.learn(asked, one.fields, known, answered, isDelivered);
      return { one, entries, passing: this.model.passing(asked, answered) };
    });
    const of = (client: string) =>
      made.filter(({ one }) => one.fields["x-client"] === client).flatMap(({ entries }) => entries);
    return { sent, of, entries: this.model.entries, passing: made.flatMap(({ passing }) => passing) };
  }

  #decide(request: Reached): { readonly deed: Deed; readonly delay: number } {
    const spec = this.#minds.get(request.fields["x-client"] ?? "");
    if (spec === undefined) throw new Error("a request reached the origin that nobody made");
    return { deed: deedOf(spec, request, this.harness), delay: spec.delay };
  }
}

/** The URL with its query sorted, as the model names it. */
function keyOf(url: URL): string {
  return url.pathname + [...url.searchParams].map(([name, value]) => `${name}=${value}`).sort();
}

function answeredOf({ method, requestTime, responseTime }: Sent, page: Page): Answered {
  const { status, fields, framing, cutAt } = page;
  const isEmpty = method === "HEAD" || [204, 304].includes(status);
  const isWhole = cutAt === undefined && framing !== "until-close" && page.body.length <= MAX_ENTRY;
  const body = isEmpty ? "" : page.body;
  const serial = Number(fields["x-serial"]);
  return { serial, status, fields, body, keepable: isEmpty || isWhole, requestTime, responseTime };
}

function requestFields(spec: RequestSpec, { sent, now }: Harness): Fields {
  const { cacheControl, ifNoneMatch, ifModifiedSince, identity, flavour, range } = spec;
  return defined({
    "cache-control": cacheControl,
    "if-none-match": ifNoneMatch === undefined ? undefined : tagOf(sent.length - ifNoneMatch),
    "if-modified-since": ifModifiedSince === undefined ? undefined : httpDate(now + ifModifiedSince),
    authorization: identity === "authorization" ? "Bearer secret" : undefined,
    cookie: identity === "cookie" ? "id=secret" : undefined,
    "x-flavour": flavour,
    range: range === undefined ? undefined : `bytes=${range[0]}-${range[0] + range[1]}`,
  });
}

/** What the origin does with a request. Its bodies and tags are unique, and its dates are by its own clock. */
function deedOf(spec: AnswerSpec, request: Reached, { sent, now }: Harness): Deed {
  if (spec.deed === "unreachable") return { type: "unreachable", cause: "it is away" };
  if (spec.deed === "timeout") return { type: "timeout", after: 5000 };
  const serial = sent.length + 1;
  const { "if-none-match": tag, "if-modified-since": modified } = request.fields;
  const isConditional = tag !== undefined || modified !== undefined;
  const { status, cacheControl, expires, age, date, lastModified, vary, setCookie, secret, framing, whenAsked } = spec;
  const identity = { "x-serial": String(serial), date: date === undefined ? undefined : httpDate(now + date) };
  const says = {
    "cache-control": cacheControl,
    expires: expires === undefined ? undefined : expires === "invalid" ? "0" : httpDate(now + expires),
    age: age === undefined ? undefined : String(age),
    vary,
    "set-cookie": setCookie ? `c=${serial}` : undefined,
    "x-secret": secret ? `s${serial}` : undefined,
  };
  if (isConditional && whenAsked !== "again" && request.method === "GET") {
    const etag =
      whenAsked === "not-modified" ? tag?.split(", ")[0] : whenAsked === "not-modified-other" ? '"other"' : undefined;
    const fields = defined(whenAsked === "bare" ? identity : { ...identity, ...says, etag });
    return { status: 304, fields, body: "", framing: "announced" };
  }
  // What a HEAD says may be of the very response that was asked about.
  const isSame = request.method === "HEAD" && whenAsked === "not-modified" && isConditional;
  const own = {
    etag: spec.tag === undefined ? undefined : tagOf(serial, spec.tag),
    "last-modified": lastModified === undefined ? undefined : httpDate(now + lastModified),
  };
  const fields = defined({ ...identity, ...says, ...(isSame ? { etag: tag, "last-modified": modified } : own) });
  const text = `#${serial} ${request.url.pathname}${request.url.search} for ${request.fields["x-client"]}`;
  const body = `${text} ${request.fields.authorization ?? request.fields.cookie ?? ""}.`;
  const full = spec.deed === "large" ? body.padEnd(MAX_ENTRY + 1, ".") : body;
  return { status, fields, body: full, framing, cutAt: spec.deed === "cut" ? Math.floor(body.length / 2) : undefined };
}

function tagOf(serial: number, kind: "strong" | "weak" = "strong"): string {
  return kind === "weak" ? `W/"e${serial}"` : `"e${serial}"`;
}

function httpDate(seconds: number): string {
  return new Date(seconds * 1000).toUTCString();
}

function defined(fields: Readonly<Record<string, string | undefined>>): Fields {
  const entries = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return Object.fromEntries(entries);
}

/** Asks for all there is without the origin, as nobody in particular, so that what should not be stored comes to light. */
export function probes(): Step[] {
  const answer: AnswerSpec = {
    ...{ deed: "unreachable", delay: 0, status: 200, cacheControl: undefined, expires: undefined, age: undefined },
    ...{ date: 0, tag: undefined, lastModified: undefined, vary: undefined, setCookie: false, secret: false },
    ...{ framing: "announced", whenAsked: "again" },
  };
  return ["/a", "/b?x=1&y=2", "/b?x=1"].flatMap((path) =>
    [undefined, "sweet", "sour"].map((flavour): Step => {
      const request: RequestSpec = {
        ...{ method: "GET", path, cacheControl: "only-if-cached, max-stale", flavour, identity: "nobody" },
        ...{ ifNoneMatch: undefined, ifModifiedSince: undefined, range: undefined },
      };
      return { type: "visits", visits: [{ request, answer }] };
    }),
  );
}
