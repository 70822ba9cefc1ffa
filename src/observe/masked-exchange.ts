import type { Mask } from "../http/masked.ts";
import type { MaskedTexts, ShownExchange } from "./shown-exchange.ts";

/** An exchange as anybody may see it who watches. */
export function maskedExchange<T extends MaskedTexts>(exchange: T, mask: Mask): T {
  const texts = maskedTexts(exchange, mask);
  return texts === undefined ? exchange : { ...exchange, ...texts };
}

/** An exchange for a program that acts on exactly its URL, and shows it masked. */
export function unmaskedExchange(exchange: ShownExchange, mask: Mask): ShownExchange {
  const masked = maskedTexts(exchange, mask);
  return masked === undefined ? exchange : { ...exchange, masked };
}

function maskedTexts({ path, key, cacheStatus }: MaskedTexts, mask: Mask): MaskedTexts | undefined {
  const shownPath = mask(path);
  const shownKey = key === undefined ? undefined : mask(key);
  if (shownPath === path && shownKey === key) return undefined;
  if (key === undefined || shownKey === undefined) return { path: shownPath };
  const texts = { path: shownPath, key: shownKey };
  // What a String of RFC 9651 cannot hold is written otherwise there than in the key; then all of it is masked.
  if (cacheStatus === undefined) return texts;
  return { ...texts, cacheStatus: cacheStatus.includes(key) ? cacheStatus.replace(key, () => shownKey) : shownKey };
}
