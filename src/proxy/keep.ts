import { combine, isOverfull, wholeIfAll } from "../caching/combine.ts";
import { groupsOf } from "../caching/group.ts";
import type { Policy } from "../caching/policy.ts";
import type { Storable } from "../caching/storable.ts";
import type { Reading, Received, StoredResponse } from "../caching/stored.ts";
import { formatHttpDate } from "../http/date.ts";
import { inMemory } from "../http/file-body.ts";
import type { Store } from "../store/store.ts";

/** Puts a response with its whole body into the store; a part together with what is stored of the same representation. */
export type Keep = (stored: StoredResponse) => Promise<void>;

export function keeping(store: Store, policy: Policy): Keep {
  return async (stored) => {
    if (isOverfull(stored)) return;
    let kept = wholeIfAll(stored, policy);
    if (kept.reading.status === 206) {
      for (const other of await store.get(stored.key)) {
        kept = combine({ ...other, body: await inMemory(other.body) }, kept, policy) ?? kept;
      }
    }
    await store.put(kept);
  };
}

/** The response as it is to be stored, with its whole body, or without one that is still to come. */
export function storedFrom(
  { key, publicOrigin }: Pick<StoredResponse, "key" | "publicOrigin">,
  as: Extract<Storable, { type: "store" }>,
  received: Received,
  reading: Reading,
  body: Blob | "to come",
): StoredResponse {
  const headers = new Headers(received.headers);
  for (const name of as.omit) headers.delete(name);
  // What has no Date is given the time when it came (RFC 9110 §6.6.1).
  if (!headers.has("date")) headers.set("date", formatHttpDate(reading.responseTime));
  // A HEAD's length is that of the content it does not have; any other's comes with its body. A 204 has none (RFC 9110 §8.6).
  if (as.method !== "HEAD") {
    if (body === "to come" || received.status === 204) headers.delete("content-length");
    else headers.set("content-length", String(body.size));
  }
  return {
    key,
    publicOrigin,
    method: as.method,
    headers,
    body: body === "to come" ? EMPTY : body,
    selecting: as.selecting,
    reading,
    groups: groupsOf(key, received.headers),
    sentAt: received.sentAt,
  };
}

/** The same with its body, once that has come; a HEAD has none. */
export function withBody(stored: StoredResponse, body: Blob): StoredResponse {
  if (stored.method === "HEAD") return stored;
  const headers = new Headers(stored.headers);
  if (stored.reading.status !== 204) headers.set("content-length", String(body.size));
  return { ...stored, headers, body };
}

/** The body of what has none. */
export const EMPTY = new Blob([]);
