import { checkSettings } from "../config/check-config.ts";
import { fetchFlags } from "../config/fetch-flags.ts";
import { settingOf } from "../config/flag-names.ts";
import { serveFlags } from "../config/flags.ts";
import { gather } from "../config/given.ts";
import { resolveSettings } from "../config/resolve.ts";
import type { Settings } from "../config/settings.ts";
import type { WrittenFetchSettings } from "../config/written.ts";
import { InvalidOptions, inOptions } from "./options.ts";

/**
 * What `cachedFetch` takes: those of `createProxy`'s options that are about what is cached and how origins are asked, by the same names
 * and with the same values and defaults, but for `quota`, which is `off`. Durations are texts with a unit (`"500ms"`, `"5m"`) or 0, sizes
 * are texts with a unit (`"64mb"`) or numbers of bytes.
 */
export type CachedFetchOptions = WrittenFetchSettings & {
  /**
   * Whose the cache is (RFC 9111 §1). `shared`, where it is left out, keeps nothing that is for one user: `private`, or asked for with
   * Authorization. `private` is one user's: it keeps that, and heeds nothing that is said to shared caches (`s-maxage`, `CDN-Cache-Control`).
   */
  readonly cache?: "shared" | "private";
  /** Told of what goes wrong while nobody waits for it, such as a store that is away; `console.error` where it is left out. */
  readonly onError?: (error: unknown) => void;
};

/** Options as they were checked. */
export type CheckedFetchOptions = {
  /** The origin in it is nobody's. */
  readonly settings: Settings;
  readonly kind: "shared" | "private";
  readonly onError: (error: unknown) => void;
};

const NAME = "cachedFetch(fetch, options)";
/** Where requests lead is said by each (RFC 6761 §6.4). */
const NO_ORIGIN = "http://origin.invalid";
/** What a program would not expect of `fetch` unless it has asked for it. */
const OWN_DEFAULTS = { origin: NO_ORIGIN, port: "0", log: "off", quota: "off" };

/** @throws InvalidOptions where an option is unknown, or its value means nothing */
export function checkFetchOptions(options: CachedFetchOptions): CheckedFetchOptions {
  const { cache: kind = "shared", onError = console.error, ...others } = options;
  if (kind !== "shared" && kind !== "private") {
    throw new InvalidOptions(`cache ${JSON.stringify(kind)} in ${NAME} is no kind of cache: write shared or private`);
  }
  if (typeof onError !== "function") throw new InvalidOptions(`onError in ${NAME} is not a function`);
  for (const name of ["origin", "origins", "rules", "seed"]) {
    if (name in others) throw new InvalidOptions(`${name} in ${NAME} is not known: it is a proxy's (createProxy)`);
  }
  const checked = checkSettings(fetchFlags, others, NAME);
  if (!checked.ok) throw new InvalidOptions(checked.message);
  const given = new Map(gather(serveFlags, {}, {}));
  for (const [name, text] of Object.entries(OWN_DEFAULTS)) given.set(name, { text, label: name, stated: false });
  for (const [name, text] of checked.value) {
    given.set(name, { text, label: settingOf(name), file: NAME, stated: true });
  }
  const resolved = resolveSettings(given, false);
  if (!resolved.ok) throw new InvalidOptions(inOptions(resolved.message));
  const settings = resolved.value;
  if (kind === "private" && settings.store !== undefined && settings.store.type !== "sqlite") {
    throw new InvalidOptions(
      `store in ${NAME} is one that others have too, and the cache is private: write sqlite:PATH, or leave out cache`,
    );
  }
  return { settings, kind, onError };
}
