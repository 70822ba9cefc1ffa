import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { type Filter, parseFilter } from "../observe/filter.ts";
import type { ShownExchange } from "../observe/shown-exchange.ts";
import type { AdminApi } from "./admin-api.ts";
import { Matching, type Wants } from "./matching.ts";

/** Exchanges from before that the proxy is asked for. */
const FROM_BEFORE = 500;
/** So long nothing is typed before it is asked. */
const PAUSE_MS = 400;

type Matched = { readonly filter: Filter; readonly matching: readonly ShownExchange[] };

/**
 * The exchanges that a filter wants. While it cannot be read, the last one that could holds.
 * @param exchanges newest first
 * @param text the filter as a person writes it
 */
export function useMatching(api: AdminApi, exchanges: readonly ShownExchange[], text: string): Matched {
  const filter = useMemo(() => parseFilter(text), [text]);
  const good = useRef<{ readonly text: string; readonly wants: Wants | undefined }>({ text: "", wants: undefined });
  if (filter.type === "filter" && good.current.text !== text) good.current = { text, wants: filter.wants };
  const { text: read, wants } = good.current;
  const matching = useMemo(() => wants && new Matching(wants), [wants]);
  const [, setAnswered] = useState(0);

  useEffect(() => {
    if (matching === undefined) return;
    const left = new AbortController();
    const ask = async (): Promise<void> => {
      const query = new URLSearchParams({ filter: read, limit: String(FROM_BEFORE), secrets: "shown" });
      const path = `recent?${query}`;
      const answer = await api.get<{ readonly exchanges: readonly ShownExchange[] }>(path, left.signal);
      // Where nothing can be had, the list holds what came while the page was open.
      if (left.signal.aborted || answer.type !== "ok") return;
      matching.add(answer.value.exchanges);
      setAnswered(Date.now());
    };
    const timer = setTimeout(() => void ask(), PAUSE_MS);
    return () => {
      clearTimeout(timer);
      left.abort();
    };
  }, [api, matching, read]);

  return { filter, matching: matching === undefined ? exchanges : matching.follow(exchanges) };
}
