import { useEffect, useRef, useState } from "preact/hooks";
import type { AdminApi } from "./admin-api.ts";
import type { Stats } from "./stats.ts";

/** A rule with how often it was about a request, and how often each of its properties took effect. */
export type CountedRule = {
  readonly rule: string;
  readonly match: string;
  readonly scenario?: string;
  readonly matches: number;
  readonly effects: Readonly<Record<string, number>>;
};

/** What the proxy tells of its rules; `since` is null where it was started without a config file. */
export type CountedRules = { readonly since: number | null; readonly rules: readonly CountedRule[] };

/** The rules with their counts, asked for again with each of the proxy's statistics; undefined as long as they are not known. */
export function useRules(api: AdminApi, stats: Stats | undefined): CountedRules | undefined {
  const [counted, setCounted] = useState<CountedRules>();
  const isAsking = useRef(false);
  const hasNone = counted !== undefined && counted.since === null;
  useEffect(() => {
    // Without a config file none will ever come.
    if (stats === undefined || isAsking.current || hasNone) return;
    isAsking.current = true;
    void api.get<CountedRules>("rules").then((answer) => {
      isAsking.current = false;
      if (answer.type === "ok") setCounted(answer.value);
    });
  }, [api, stats, hasNone]);
  return counted;
}
