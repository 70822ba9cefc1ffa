import { useCallback, useEffect, useState } from "preact/hooks";
import type { AdminApi } from "./admin-api.ts";
import type { EntriesPage } from "./entries-answer.ts";
import { listEntries, type Wanted, whyNot } from "./entries-requests.ts";

/** What is known of what is stored. */
export type Listing = {
  /** Undefined until the first of it is there. */
  readonly page: EntriesPage | undefined;
  /** When it was listed, by `performance.now()`. */
  readonly at: number;
  readonly isLoading: boolean;
  /** Why the last attempt failed; what was there before is still shown. */
  readonly failure: string | undefined;
};

const NOTHING: Listing = { page: undefined, at: 0, isLoading: true, failure: undefined };

/** A list that is no longer than this is looked at again by itself. */
const CHEAP = 1000;
const BETWEEN_LOOKS_MS = 4000;

/**
 * Lists what is wanted, and again whenever something else is wanted or `reload` is called.
 * @param isLive whether the proxy is there to be asked
 */
export function useListing(
  api: AdminApi,
  { prefix, tag, state }: Wanted,
  isLive: boolean,
): Listing & { readonly reload: () => void } {
  const [listing, setListing] = useState(NOTHING);
  const [turn, setTurn] = useState(0);
  const reload = useCallback(() => setTurn((before) => before + 1), []);

  // Of other entries than before nothing is kept: they would seem to be those.
  useEffect(() => setListing(NOTHING), [prefix, tag, state]);

  useEffect(() => {
    if (!isLive) return undefined;
    const leaving = new AbortController();
    const show = (page: EntriesPage): void => {
      if (leaving.signal.aborted) return;
      // While all of it is fetched again, what was there stays.
      setListing((before) => (before.page === undefined || before.isLoading ? { ...before, page } : before));
    };
    listEntries(api, { prefix, tag, state }, leaving.signal, show).then((answer) => {
      if (leaving.signal.aborted) return;
      const failure = whyNot(answer);
      setListing(({ page, at }) =>
        answer.type === "ok"
          ? { page: answer.value, at: performance.now(), isLoading: false, failure }
          : { page, at, isLoading: false, failure },
      );
    });
    return () => leaving.abort();
  }, [api, prefix, tag, state, turn, isLive]);

  const isCheap = (listing.page?.entries.length ?? 0) <= CHEAP;
  useEffect(() => {
    if (!isLive || !isCheap) return undefined;
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") reload();
    }, BETWEEN_LOOKS_MS);
    return () => clearInterval(timer);
  }, [isLive, isCheap, reload]);

  return { ...listing, reload };
}
