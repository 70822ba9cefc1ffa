import { queriedUrl, ruleTextOf } from "../caching/key.ts";
import { isCredential, shownValue } from "../caching/personal.ts";
import type { StoredResponse } from "../caching/stored.ts";
import { HIDDEN, type Mask } from "../http/masked.ts";
import type { HarExchange } from "./exchange.ts";
import { type Field, harEntry } from "./write.ts";
import { writeContent } from "./write-content.ts";

/** Whether values of cookies and credentials are written, or `***` for each. */
export type Secrets = "hidden" | "shown";

/**
 * A stored response as an entry of an archive, with the times at which it came or was validated last, so that its age goes on. The
 * request is what is known of it: its URL and the fields that select the response.
 * @param mask hides what of the URL is a secret
 * @returns undefined for what a QUERY brought, of whose content only a digest is known
 */
export async function storedEntry(stored: StoredResponse, secrets: Secrets, mask: Mask): Promise<object | undefined> {
  const { key, method, publicOrigin, reading, headers } = stored;
  if (queriedUrl(key) !== undefined) return undefined;
  const rule = ruleTextOf(key);
  const url = rule === undefined ? key : key.slice(0, -rule.length - 1);
  const bytes = new Uint8Array(await stored.body.arrayBuffer());
  return harEntry({
    startedAt: reading.requestTime,
    wait: reading.responseTime - reading.requestTime,
    request: {
      method,
      url: secrets === "shown" ? url : mask(url),
      fields: requestFields(stored).map(([name, value]) => [
        name,
        secrets === "shown" ? value : shownValue(name, value),
      ]),
    },
    response: {
      status: reading.status,
      fields: [...headers].map(([name, value]) => [name, secrets === "shown" ? value : withoutSecret(name, value)]),
      content: await writeContent(bytes, headers),
      bodySize: bytes.length,
    },
    own: {
      _publicOrigin: publicOrigin,
      ...(reading.personal && { _personal: true }),
      ...(reading.lifetime.source === "purged" && { _purged: true }),
    },
  });
}

function requestFields({ selecting, reading: { contentRange } }: StoredResponse): readonly Field[] {
  const fields = selecting.flatMap(([name, value]): readonly Field[] => (value === null ? [] : [[name, value]]));
  return contentRange === undefined
    ? fields
    : [...fields, ["range", `bytes=${contentRange.first}-${contentRange.last}`]];
}

/** A cookie's name and attributes say what it is for. */
function withoutSecret(name: string, value: string): string {
  return name === "set-cookie" ? value.replace(/=[^;]*/, `=${HIDDEN}`) : shownValue(name, value);
}

/** Whether something was hidden when the archive was written; what depends on it is no answer for anybody. */
export function hasHidden({ request, response }: Pick<HarExchange, "request" | "response">): boolean {
  if (/[=/]\*\*\*(?:[&/?#\s]|$)/.test(request.url.href)) return true;
  return [...request.fields, ...response.fields].some(
    ([name, value]) =>
      (isCredential(name) && value === HIDDEN) || (name === "set-cookie" && /^[^=;]*=\*\*\*(?:;|$)/.test(value)),
  );
}
