import { isCredential } from "../caching/personal.ts";
import type { Effect } from "./effect.ts";
import { onFields, type RequestChange } from "./effect.ts";
import { type FoundField, type Matched, tellsWhom } from "./matched.ts";

/**
 * Changes what the client sent, before the cache looks at it: what is taken away makes no difference to anything, and what is set is the
 * same for all. What the cache is not to see is set on the way to the origin.
 */
export const changedFields: RequestChange = (matched) => {
  const changes = matched
    .fields("request.headers")
    .filter(({ name }) => !tellsWhom(name))
    .map((field) => (isOnward(field, matched) ? { ...field, value: null } : field));
  if (changes.length === 0) return undefined;
  return (incoming) => {
    const headers = new Headers(incoming.headers);
    apply(changes, headers);
    return { ...incoming, headers };
  };
};

/** Changes what the client gets, whether it comes from the cache or from the origin. */
export const changingResponse: Effect = (matched) => {
  const changes = matched.fields("response.headers");
  return changes.length === 0 ? undefined : onFields((headers) => apply(changes, headers));
};

/** Sets what the origin alone is to see: a credential of ours does not make an answer anybody's own. */
export function setOnward(matched: Matched, headers: Headers): void {
  apply(
    matched.fields("request.headers").filter((field) => isOnward(field, matched)),
    headers,
  );
}

/** A credential that may differ by who asks is the client's, for all that the cache knows (RFC 9111 §3.5). */
function isOnward({ name, value }: FoundField, { credentials }: Matched): boolean {
  return tellsWhom(name) || (value !== null && isCredential(name) && credentials === "ours");
}

function apply(changes: readonly FoundField[], headers: Headers): void {
  for (const { name, value } of changes) {
    if (value === null) headers.delete(name);
    else headers.set(name, value);
  }
}
