import { combine, isOverfull, wholeIfAll } from "../caching/combine.ts";
import type { Policy } from "../caching/policy.ts";
import type { Storable } from "../caching/storable.ts";
import type { Reading, Received, StoredResponse } from "../caching/stored.ts";
import { formatHttpDate } from "../http/date.ts";
import { inMemory } from "../http/file-body.ts";
import type { Store } from "../store/store.ts";

/** Puts a response with its whole body into the store; a part together with what is stored of the same representation. */
export type Keep = (stored: StoredResponse) => Promise<void> | void;

export function keeping(store: Store, policy: Policy): Keep {
  async function keepPart(part: StoredResponse): Promise<void> {
    let kept = part;
    for (const other of await store.get(part.key)) {
      kept = combine({ ...other, body: await inMemory(other.body) }, kept, policy) ?? kept;
    }
    await store.put(kept);
  }

  return (stored) => {
    if (isOverfull(stored)) return undefined;
    const kept = wholeIfAll(stored, policy);
    return kept.reading.status === 206 ? keepPart(kept) : store.put(kept);
  };
}

/** The response as it is to be stored, with its whole body, or without one that is still to come. */
export function storedFrom(
  { key, publicOrigin, groups }: Pick<StoredResponse, "key" | "publicOrigin" | "groups">,
  as: Extract<Storable, { type: "store" }>,
  received: Received,
  reading: Reading,
  body: Blob | "to come",
): StoredResponse {
  return {
    ...{ key, publicOrigin, groups },
    method: as.method,
    headers: fieldsStored(as, received, reading, body),
    body: body === "to come" ? EMPTY : body,
    selecting: as.selecting,
    reading,
    sentAt: received.sentAt,
  };
}

/** The fields as they are to be stored; where they came so, as most do, they are not copied. */
function fieldsStored(
  { method, omit }: Extract<Storable, { type: "store" }>,
  { headers: came, status }: Received,
  reading: Reading,
  body: Blob | "to come",
): Headers {
  // A HEAD's length is that of the content it does not have; any other's comes with its body. A 204 has none (RFC 9110 §8.6).
  const stated = came.get("content-length");
  const length = method === "HEAD" ? stated : body === "to come" || status === 204 ? null : String(body.size);
  if (omit.length === 0 && length === stated && came.has("date")) return came;
  const headers = new Headers(came);
  for (const name of omit) headers.delete(name);
  // What has no Date is given the time when it came (RFC 9110 §6.6.1).
  if (!headers.has("date")) headers.set("date", formatHttpDate(reading.responseTime));
  if (method === "HEAD") return headers;
  if (length === null) headers.delete("content-length");
  else headers.set("content-length", length);
  return headers;
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
