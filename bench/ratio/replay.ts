import { type Entry, entry } from "./entry.ts";
import type { Trace } from "./patterns.ts";
import type { Policy } from "./policy.ts";

/** Share of the requests, and of the bytes asked for, that a cache answered. */
export type Ratio = { readonly objects: number; readonly bytes: number };

/** Asks a cache of `maxBytes` for all that a trace asks for; what was just put stays, as in the proxy's store. */
export function replay(trace: Trace, maxBytes: number, policy: Policy): Ratio {
  const held = new Map<number, Entry>();
  let [bytes, hits, hitBytes, askedBytes] = [0, 0, 0, 0];
  for (const object of trace.requests) {
    const size = trace.sizes[object] ?? 0;
    askedBytes += size;
    const found = held.get(object);
    if (found !== undefined) {
      hits++;
      hitBytes += size;
      policy.used(found);
      continue;
    }
    if (size > maxBytes) continue;
    const put = entry(object, size);
    held.set(object, put);
    bytes += size;
    policy.added(put);
    while (bytes + policy.bytes > maxBytes) {
      const gone = policy.evict(put);
      if (gone === undefined) break;
      held.delete(gone.object);
      bytes -= gone.bytes;
    }
  }
  return { objects: hits / trace.requests.length, bytes: hitBytes / askedBytes };
}
