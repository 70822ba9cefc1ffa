import { CACHE_NAME } from "../http/cache-status.ts";
import { stripHopByHop } from "../http/hop-by-hop.ts";
import { splitList } from "../http/list.ts";

/** The fields of a message as the origin meant them: without those of a connection, and what a proxy of ours said of what it did. */
export function passedFields(fields: Headers): Headers {
  const passed = new Headers(fields);
  stripHopByHop(passed);
  const status = splitList(passed.get("cache-status") ?? "");
  const others = status.filter((member) => !OURS.test(member));
  if (others.length === status.length) return passed;
  passed.delete("x-cache");
  passed.delete("cache-status");
  if (others.length > 0) passed.set("cache-status", others.join(", "));
  return passed;
}

const OURS = new RegExp(`^"?${CACHE_NAME}"?(?:[ \\t]*;|$)`);
