import { cacheGroup, type Group, groupsOf } from "../../src/caching/group.ts";
import { type CacheKey, cacheKey } from "../../src/caching/key.ts";
import type { Selecting } from "../../src/caching/selecting.ts";
import { read, type StoredResponse } from "../../src/caching/stored.ts";
import type { CacheableMethod } from "../../src/http/method.ts";

/** What a test says of a stored response; the rest does not matter to it. */
export type Sketch = {
  readonly path?: string;
  readonly method?: CacheableMethod;
  readonly status?: number;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly selecting?: Selecting;
  /** When it arrived, and for how many seconds it is fresh. */
  readonly at?: number;
  readonly maxAge?: number;
};

/** The key of a path. */
export function keyOf(path: string): CacheKey {
  return cacheKey(new URL(path, "http://api.example.com"));
}

/** The group that Cache-Groups calls by this name. */
export function groupOf(name: string): Group {
  return cacheGroup("http://api.example.com", name);
}

/** A stored response as the proxy would make it. */
export function stored(sketch: Sketch = {}): StoredResponse {
  const { path = "/", method = "GET", status = 200, body = "", headers: extra = [], selecting = [] } = sketch;
  const { at = 0, maxAge = 60 } = sketch;
  const headers = new Headers({ "cache-control": `max-age=${maxAge}` });
  for (const [name, value] of extra) headers.append(name, value);
  const received = { status, headers, requestTime: at, responseTime: at, sentAt: at, arrivedAt: at };
  const reading = read(received, false, { defaultTtl: 0, maxEntrySize: Number.POSITIVE_INFINITY });
  return {
    key: keyOf(path),
    method,
    headers,
    body: new Blob([body]),
    publicOrigin: "http://localhost:3000",
    selecting,
    reading,
    groups: groupsOf(keyOf(path), headers),
    sentAt: at,
  };
}
