import type { Keyed } from "../caching/key.ts";
import type { Clock } from "../caching/moment.ts";
import { matches, presented } from "../caching/selecting.ts";
import { moreRecent } from "../caching/stored.ts";
import { type DetailedEntry, detailedEntry } from "./entry.ts";
import type { Held } from "./inventory.ts";
import { type Replay, replayOf } from "./replay.ts";
import { MOST_SHOWN, type ShownContent, shownContent } from "./shown-content.ts";
import type { VariedStore } from "./varied.ts";

/** A stored response with its content, and how to ask for it anew. */
export type StoredView = {
  readonly shown: DetailedEntry & ShownContent & { readonly age: DetailedEntry["ageSeconds"] };
  readonly replay: Replay;
};

/** How somebody asks for a URL. */
export type ViewAsked = { readonly url: Keyed; readonly publicOrigin: string; readonly given: Headers };

/**
 * Shows what is stored for a URL: of several responses the one that the given fields select; of those, or where there is none, the one for
 * the same name of ours, and then the most recent.
 */
export async function viewOf(
  store: Pick<VariedStore, "keysOf" | "look">,
  { url, publicOrigin, given }: ViewAsked,
  clock: Clock,
): Promise<StoredView | undefined> {
  const held = (await Promise.all(store.keysOf(url).map((key) => store.look(key)))).flat();
  const asked = presented(given);
  const rank = ({ stored }: Held): number =>
    (matches(stored.selecting, asked) ? 2 : 0) + (stored.publicOrigin === publicOrigin ? 1 : 0);
  const [one] = held.sort((a, b) => rank(b) - rank(a) || moreRecent(a.stored, b.stored));
  if (one === undefined) return undefined;
  const { body, headers, reading } = one.stored;
  const bytes = new Uint8Array(await body.slice(0, MOST_SHOWN).arrayBuffer());
  const content = await shownContent({ bytes, cut: body.size > MOST_SHOWN }, headers);
  const entry = detailedEntry(one, clock());
  const replay = replayOf(one.stored, given);
  const { contentRange: part } = reading;
  const fields = part === undefined ? [] : [["range", `bytes=${part.first}-${part.last}`] as const];
  return {
    shown: { ...entry, ...content, age: entry.ageSeconds },
    replay: { ...replay, fields: [...replay.fields, ...fields] },
  };
}
