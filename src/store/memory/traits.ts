import type { Reading, StoredResponse } from "../../caching/stored.ts";
import { Derived, Shared } from "./shared.ts";

/** What few kinds of responses have in common, held once for all of a kind. */
export type Traits = Pick<StoredResponse, "method"> &
  Pick<Reading, "status" | "directives" | "personal" | "fleeting" | "lastModifiedIsStrong" | "contentRange"> &
  Pick<Reading, "language"> & {
    readonly source: Reading["lifetime"]["source"];
    readonly encoding: "latin1" | "utf16le";
  };

const shared = new Shared<Traits>();
/** Of each list of directives, which are parsed once for all that state them alike, the kind that came last. */
const latest = new WeakMap<Traits["directives"], Traits>();
const purged = new Derived((before: Traits) => shared.of({ ...before, source: "purged" }));

/** The traits of a response. */
export function traitsOf({ method, reading }: StoredResponse, encoding: Traits["encoding"]): Traits {
  const { status, directives, personal, fleeting, lastModifiedIsStrong, contentRange, language, lifetime } = reading;
  const last = latest.get(directives);
  if (
    last !== undefined &&
    last.method === method &&
    last.status === status &&
    last.personal === personal &&
    last.fleeting === fleeting &&
    last.lastModifiedIsStrong === lastModifiedIsStrong &&
    last.contentRange === contentRange &&
    last.language === language &&
    last.source === lifetime.source &&
    last.encoding === encoding
  ) {
    return last;
  }
  const traits = shared.of({
    ...{ method, status, directives, personal, fleeting, lastModifiedIsStrong, contentRange, language },
    ...{ source: lifetime.source, encoding },
  });
  latest.set(directives, traits);
  return traits;
}

/** The same after a soft purge. */
export function purgedTraits(before: Traits): Traits {
  return purged.of(before);
}
