import { rangeAsked } from "../../src/caching/cut.ts";
import { groupsOf } from "../../src/caching/group.ts";
import { cacheKey } from "../../src/caching/key.ts";
import type { Moment } from "../../src/caching/moment.ts";
import { isPersonal } from "../../src/caching/personal.ts";
import type { Policy } from "../../src/caching/policy.ts";
import { presented, type Selecting, selecting } from "../../src/caching/selecting.ts";
import type { ReusingRequest } from "../../src/caching/selection.ts";
import type { StoringRequest } from "../../src/caching/storable.ts";
import { type Reading, type Received, read, type StoredResponse } from "../../src/caching/stored.ts";
import { parseRequestDirectives } from "../../src/http/cache-control.ts";
import { formatHttpDate, type Instant } from "../../src/http/date.ts";
import type { CacheableMethod } from "../../src/http/method.ts";

/** When everything in these tests arrives, unless said otherwise: a whole second. */
export const T0: Instant = Date.UTC(2026, 5, 15, 12);

export const SECOND = 1000;
export const HOUR = 3600 * SECOND;
export const DAY = 24 * HOUR;

/** Two minutes for what states nothing, as the command has it. */
export const POLICY: Policy = { defaultTtl: 120 * SECOND, maxEntrySize: 32 * 1024 * 1024 };
export const NO_DEFAULT: Policy = { ...POLICY, defaultTtl: 0 };

/** An instant by both clocks; the one that never steps is at 0 at T0. */
export function moment(wall: Instant): Moment {
  return { wall, steady: wall - T0 };
}

export type Fields = Readonly<Record<string, string>>;

/** T0 and so many seconds as a field value. */
export function dateAt(seconds: number): string {
  return formatHttpDate(T0 + seconds * SECOND);
}

export type ResponseParts = {
  readonly status?: number;
  readonly fields?: Fields;
  /** When it was asked for and when it came, in seconds from T0. */
  readonly asked?: number;
  readonly came?: number;
  readonly personal?: boolean;
  readonly policy?: Policy;
};

/** A header section; Date says when it came where no field says otherwise. */
export function received({ status = 200, fields = {}, came = 0, asked = came }: ResponseParts): Received {
  return {
    status,
    headers: new Headers({ date: dateAt(came), ...fields }),
    requestTime: T0 + asked * SECOND,
    responseTime: T0 + came * SECOND,
    sentAt: asked * SECOND,
    arrivedAt: came * SECOND,
  };
}

export function reading(parts: ResponseParts): Reading {
  return read(received(parts), parts.personal ?? false, parts.policy ?? POLICY);
}

export type StoredParts = ResponseParts & {
  readonly method?: CacheableMethod;
  readonly body?: string;
  /** The fields of the request that brought it. */
  readonly request?: Fields;
};

export function stored(parts: StoredParts): StoredResponse {
  const { method = "GET", body = "", request = {} } = parts;
  const { headers } = received(parts);
  headers.set("content-length", String(body.length));
  const key = cacheKey(new URL("http://origin.test/a"));
  return {
    key,
    method,
    headers,
    body: new Blob([body]),
    publicOrigin: "http://localhost:3000",
    selecting: selectable(headers.get("vary"), new Headers(request)),
    reading: reading(parts),
    groups: groupsOf(key, headers),
    sentAt: 0,
  };
}

function selectable(vary: string | null, request: Headers): Selecting {
  const chosen = selecting(vary, presented(request));
  if (chosen === "*") throw new Error("a response with Vary: * is never stored");
  return chosen;
}

/** A request that asks what is stored; personal where its fields make it so. */
export function reusing(fields: Fields = {}, method: CacheableMethod = "GET"): ReusingRequest {
  const personal = () => isPersonal(new Headers(fields));
  return { ...storing(fields, method), method, publicOrigin: "http://localhost:3000", personal };
}

/** A request whose response may be stored. */
export function storing(fields: Fields = {}, method = "GET"): StoringRequest {
  const headers = new Headers(fields);
  return {
    method,
    headers,
    presented: presented(headers),
    directives: parseRequestDirectives(headers.get("cache-control"), headers.get("pragma")),
    range: rangeAsked(method, headers),
  };
}
