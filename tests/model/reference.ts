import {
  type Answered,
  type Asked,
  age,
  dateOf,
  directives,
  type Entry,
  type Fields,
  HEURISTIC,
  identifies,
  isStated,
  lifetime,
  type Policy,
  seconds,
} from "./reading.ts";

/** Status codes whose caching the model understands, for must-understand (§5.2.2.3). */
const UNDERSTOOD = [200, 203, 204, 301, 302, 404, 500, 503];

/** §3 */
function mayStore(asked: Asked, answered: Answered, personal: boolean): boolean {
  const { status, fields } = answered;
  const of = directives(fields);
  if (!["GET", "HEAD"].includes(asked.method) || !answered.keepable) return false;
  if ([206, 304].includes(status)) return false;
  if (directives(asked.fields).has("no-store")) return false; // §5.2.1.5
  if (of.has("must-understand") && !UNDERSTOOD.includes(status)) return false; // §5.2.2.3
  if (of.has("no-store") && !of.has("must-understand")) return false; // §5.2.2.5
  if (of.get("private") === true) return false; // §5.2.2.7
  const isForAll = ["public", "must-revalidate", "s-maxage"].some((name) => of.has(name));
  if (asked.fields.authorization !== undefined && !isForAll) return false; // §3.5
  if (personal && !isStated(fields)) return false; // house
  return isStated(fields) || HEURISTIC.includes(status);
}

/** §4.1: what Vary names, as the request has it. */
function selectingOf(vary: string | undefined, request: Fields): Entry["selecting"] {
  const names = (vary ?? "").split(",").map((name) => name.trim());
  return names.filter((name) => name !== "").map((name) => [name, request[name]] as const);
}

/** §4.3.3, §4.3.4: whether a 304 is about a stored response: a tag that it states is the stored one, or else Last-Modified. */
function isAbout(entry: Entry, { fields }: Answered): boolean {
  const [a, b] = [fields.etag, entry.fields.etag].map((tag) => tag?.replace("W/", ""));
  if (a !== undefined && b !== undefined) return a === b;
  const [stated, stored] = [fields["last-modified"], entry.fields["last-modified"]];
  return stated === undefined || stored === undefined || stated === stored;
}

/** §4.3.5: whether an answer to HEAD proves to be about the stored content. */
function provesSame(entry: Entry, { status, fields }: Answered): boolean {
  const stated = ["etag", "last-modified"].filter((name) => fields[name] !== undefined);
  return status === entry.status && stated.length > 0 && stated.every((name) => fields[name] === entry.fields[name]);
}

/**
 * A small model of RFC 9111 for a shared cache, to hold the real one against. It knows nothing of the real one's code: it reads fields
 * itself, keeps every response that may lie in the store, and says of an answer whether the rules allow it. All times are whole seconds.
 * Where the RFC leaves a choice that a reader of ARCHITECTURE.md is promised an answer to, it says "house".
 */
export class Reference {
  /** All that may lie in the store, the newest arrival first. */
  #entries: readonly Entry[] = [];

  constructor(readonly policy: Policy) {}

  get entries(): readonly Entry[] {
    return this.#entries;
  }

  clear(): void {
    this.#entries = [];
  }

  /** §4: what among these may be chosen for a request, the most recent first. */
  selectable(among: readonly Entry[], asked: Asked): readonly Entry[] {
    return among.filter((entry) => {
      if (entry.key !== asked.key || !["GET", "HEAD"].includes(asked.method)) return false;
      if (asked.method === "GET" && entry.method === "HEAD") return false;
      if (lifetime(entry, this.policy).guessed && identifies(asked.fields)) return false; // house
      return entry.selecting.every(([name, value]) => name !== "*" && asked.fields[name] === value);
    });
  }

  /** Whether a stored response may be used without asking the origin (§4.2, §4.2.4, §5.2, RFC 5861 §3). */
  mayUse(entry: Entry, asked: Asked, now: number): boolean {
    const [of, wants] = [directives(entry.fields), directives(asked.fields)];
    if (of.get("no-cache") === true || wants.has("no-cache")) return false;
    const [current, remaining] = [age(entry, now), this.remaining(entry, now)];
    const maxAge = seconds(wants, "max-age");
    if (maxAge !== undefined && (maxAge === 0 || current > maxAge)) return false;
    if (remaining < (seconds(wants, "min-fresh") ?? Number.NEGATIVE_INFINITY)) return false;
    if (remaining > 0) return true;
    if (of.has("must-revalidate") || of.has("proxy-revalidate")) return false;
    if (-remaining <= (seconds(of, "stale-while-revalidate") ?? -1)) return true;
    if (of.has("s-maxage")) return false; // §5.2.2.10
    return wants.get("max-stale") === true || -remaining <= (seconds(wants, "max-stale") ?? -1);
  }

  /** Whether it may stand in for an answer that did not come, or that was an error (§4.2.4, RFC 5861 §4). */
  mayStandIn(entry: Entry, asked: Asked, now: number, because: "no-answer" | "error"): boolean {
    const [of, wants] = [directives(entry.fields), directives(asked.fields)];
    if (of.get("no-cache") === true || wants.has("no-cache")) return false;
    if (of.has("must-revalidate") || of.has("proxy-revalidate")) return false;
    const window = Math.max(...[of, wants].map((said) => seconds(said, "stale-if-error") ?? Number.NEGATIVE_INFINITY));
    if (-this.remaining(entry, now) <= window) return true;
    return because === "no-answer" && !of.has("s-maxage");
  }

  remaining(entry: Entry, now: number): number {
    return lifetime(entry, this.policy).seconds - age(entry, now);
  }

  /** Whether cookies that it brought may be handed on: only while it is fresh by its own statement (house). */
  sharesCookies(entry: Entry, now: number): boolean {
    return isStated(entry.fields) && this.remaining(entry, now) > 0;
  }

  /**
   * Whether the origin must not be troubled: what is selected lies in the store for sure, is fresh as it says itself, and the request
   * has no objection.
   */
  mustUse(asked: Asked, now: number): boolean {
    const [newest, ...others] = this.selectable(this.#entries, asked);
    if (newest === undefined || !newest.sure || others.some((other) => dateOf(other) > dateOf(newest))) return false;
    return this.mayUse(newest, asked, now) && this.remaining(newest, now) > 0;
  }

  /**
   * Takes note of what the origin answered (§3, §3.2, §4.3.4, §4.4).
   * @param sent the fields that reached the origin
   * @param known what may have lain in the store when they were sent
   * @param delivered whether it was for the answer that a client was given, and so is known to have been dealt with
   * @returns all that the answer makes of what is stored, be it only for who asked
   */
  learn(asked: Asked, sent: Fields, known: readonly Entry[], answered: Answered, delivered: boolean): readonly Entry[] {
    const { status } = answered;
    if (!["GET", "HEAD"].includes(asked.method)) {
      if (status < 400) this.#entries = this.#entries.filter(({ key }) => key !== asked.key);
      return [];
    }
    const all = [...new Set([...this.#entries, ...known])];
    const selected = this.selectable(all, asked);
    // A 304 may be about any that the origin was told of, also one that the request does not select by itself (§4.3.1, §4.3.3).
    const told = all.filter(({ key, method, fields }) => {
      return key === asked.key && (asked.method === "HEAD" || method === "GET") && isAskedFor(fields, sent);
    });
    const old = status === 304 ? told : selected;
    const updated = old.filter((entry) => {
      if (status === 304) return isAbout(entry, answered);
      return asked.method === "HEAD" && entry.method === "GET" && provesSame(entry, answered);
    });
    const fresh = updated.map((entry) => this.#freshened(entry, asked, answered));
    if (status !== 304) fresh.push(this.#entry(asked, answered, answered.fields, {}));
    const keepable = fresh.filter((entry) => mayStore({ ...asked, method: entry.method }, entry, entry.personal));
    // Where the validators are the client's own the answer may have been passed on to it.
    const isOwn = status !== 304 || sent["if-none-match"] !== asked.fields["if-none-match"];
    const isKnown = delivered && isOwn && asked.method === "GET" && fresh.length === 1 && keepable.length === 1;
    const kept = keepable.map((entry) => ({ ...entry, sure: isKnown && this.#isOfUse(entry) }));
    const isSure = kept.some(({ sure }) => sure);
    const isMatchable = kept.every(({ selecting }) => !selecting.some(([name]) => name === "*"));
    // By another Vary than before: a cache may let go of all that lies beside it.
    const isMoved = updated.some((entry) => kept.some((by) => !isReplaced(entry, by)));
    // What is not known to be replaced may still be there, but need not.
    const replaced = (entry: Entry) =>
      (isKnown && isMatchable && updated.includes(entry) && selected.includes(entry)) ||
      (isSure && kept.some((by) => isReplaced(entry, by)));
    const others = this.#entries
      .filter((entry) => !replaced(entry))
      .map((entry) => (entry.key === asked.key && (!isSure || isMoved) ? { ...entry, sure: false } : entry));
    this.#entries = [...kept, ...others];
    return fresh;
  }

  /** What others who ask at the same time may read along with while it arrives, though it turns out that it cannot be kept. */
  passing(asked: Asked, answered: Answered): readonly Entry[] {
    const entry = this.#entry(asked, answered, answered.fields, {});
    return !answered.keepable && mayStore(asked, { ...entry, keepable: true }, entry.personal) ? [entry] : [];
  }

  #isOfUse(entry: Entry): boolean {
    const { seconds, guessed } = lifetime(entry, this.policy);
    if (entry.selecting.some(([name]) => name === "*")) return false;
    return !guessed && seconds > 0 && directives(entry.fields).get("no-cache") !== true;
  }

  /** §3.2: each field of the new answer replaces the stored one, but for those that describe the stored bytes. */
  #freshened(entry: Entry, asked: Asked, answered: Answered): Entry {
    const { age: _, date: __, "set-cookie": ___, ...kept } = entry.fields;
    const { "content-length": ____, "set-cookie": cookie, ...by } = answered.fields;
    // House: a tag that the bytes did not come with proves no more than that they are weakly the same.
    const taken = Object.entries(by).filter(([name, value]) => name !== "etag" || value.startsWith("W/"));
    const fields = { ...kept, ...Object.fromEntries(taken) };
    const { status, body, method } = entry;
    const personal = entry.personal || cookie !== undefined || identifies(asked.fields);
    return this.#entry(asked, { ...answered, status, body, keepable: true }, fields, { method, personal });
  }

  #entry(asked: Asked, answered: Answered, given: Fields, parts: { method?: string; personal?: boolean }): Entry {
    const of = directives(given);
    const omitted = ["private", "no-cache"].map((name) => of.get(name)); // §5.2.2.4, §5.2.2.7: qualified
    const fields = Object.fromEntries(Object.entries(given).filter(([name]) => !omitted.includes(name)));
    const personal = identifies(asked.fields) || given["set-cookie"] !== undefined;
    const selecting = selectingOf(given.vary, asked.fields);
    return { ...answered, method: asked.method, personal, ...parts, key: asked.key, fields, selecting, sure: false };
  }
}

/** Whether the validators that were sent are those of a stored response (§4.3.1). */
function isAskedFor(stored: Fields, sent: Fields): boolean {
  const [tag, modified] = [sent["if-none-match"], sent["if-modified-since"]];
  if (tag !== undefined) return tag.split(", ").includes(stored.etag ?? "");
  return modified !== undefined && modified === stored["last-modified"];
}

/** Whether a newer response answers whatever an older one does. */
function isReplaced(older: Entry, newer: Entry): boolean {
  if (older.key !== newer.key || (older.method === "GET" && newer.method === "HEAD")) return false;
  return JSON.stringify(older.selecting) === JSON.stringify(newer.selecting);
}
