import type { AdminApi, Answer } from "./admin-api.ts";
import type { EntriesPage, Entry, Purged, Refreshed } from "./entries-answer.ts";

/** Which entries are wanted. */
export type Wanted = {
  /** With what their paths begin. */
  readonly prefix: string;
  /** Empty where it does not matter, as is `state`. */
  readonly tag: string;
  readonly state: "" | Entry["state"];
};

/** Fetched at once, and at most: who has more is better served with a part of it. */
const PAGE = 1000;
const MOST_LISTED = 20_000;

/**
 * Lists what is stored, page after page.
 * @param show is given what is there after each
 */
export async function listEntries(
  api: AdminApi,
  { prefix, tag, state }: Wanted,
  signal: AbortSignal,
  show: (page: EntriesPage) => void,
): Promise<Answer<EntriesPage>> {
  const parameters = new URLSearchParams({ prefix, limit: String(PAGE), ...(tag && { tag }), ...(state && { state }) });
  let entries: readonly Entry[] = [];
  for (;;) {
    const answer = await api.get<EntriesPage>(`entries?${parameters}`, signal);
    if (answer.type !== "ok") return answer;
    entries = [...entries, ...answer.value.entries];
    const page = { ...answer.value, entries };
    show(page);
    if (page.next === undefined || entries.length >= MOST_LISTED) return { type: "ok", value: page };
    parameters.set("cursor", page.next);
  }
}

/** What is to be purged. */
export type PurgeTarget = { readonly url: string } | { readonly prefix: string } | { readonly tag: string };

/** Drops it, or marks it stale. */
export function purge(api: AdminApi, target: PurgeTarget, how: "hard" | "soft"): Promise<Answer<Purged>> {
  return api.post<Purged>("purge", how === "soft" ? { ...target, soft: true } : target);
}

/** Has the proxy ask its origin anew. */
export function refresh(api: AdminApi, path: string): Promise<Answer<Refreshed>> {
  return api.post<Refreshed>("refresh", { url: path });
}

/** How many URLs are asked for at once when a folder is refreshed. */
const REFRESHES_AT_ONCE = 4;

/** What came of several. */
export type RefreshedAll = { readonly done: number; readonly failed: number; readonly why: string | undefined };

/** Has the proxy ask its origin for several URLs anew, until it is told to stop. */
export async function refreshAll(
  api: AdminApi,
  paths: readonly string[],
  signal: AbortSignal,
  show: (so: RefreshedAll) => void,
): Promise<RefreshedAll> {
  let so: RefreshedAll = { done: 0, failed: 0, why: undefined };
  const waiting = paths.values();
  const work = async (): Promise<void> => {
    for (const path of waiting) {
      if (signal.aborted) return;
      const why = whyNot(await refresh(api, path));
      so = why === undefined ? { ...so, done: so.done + 1 } : { ...so, failed: so.failed + 1, why };
      show(so);
    }
  };
  await Promise.all(Array.from({ length: REFRESHES_AT_ONCE }, work));
  return so;
}

/** Why something was not done, for a person; undefined where it was. */
export function whyNot(answer: Answer<unknown>): string | undefined {
  switch (answer.type) {
    case "ok":
      return undefined;
    case "unauthorised":
      return "The proxy does not accept the admin token.";
    case "failed":
      return answer.why;
  }
}
