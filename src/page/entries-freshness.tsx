import { useEffect, useState } from "preact/hooks";
import { shortSpan } from "./wording.ts";

type FreshnessProps = {
  readonly ageSeconds: number;
  /** Below zero once stale. */
  readonly ttlSeconds: number;
};

/** What is left of a lifetime, as a bar and in words. */
export function Freshness({ ageSeconds, ttlSeconds }: FreshnessProps) {
  const lifetime = ageSeconds + ttlSeconds;
  const left = ttlSeconds <= 0 ? 0 : ttlSeconds / lifetime;
  return (
    <Bar share={left} state={ttlSeconds > 0 ? "fresh" : "stale"}>
      {ttlSeconds > 0 ? `${shortSpan(ttlSeconds)} left` : `stale for ${shortSpan(-ttlSeconds)}`}
    </Bar>
  );
}

/** How many of several are fresh. */
export function FreshShare({ fresh, count }: { readonly fresh: number; readonly count: number }) {
  return (
    <Bar share={count === 0 ? 0 : fresh / count} state={fresh > 0 ? "fresh" : "stale"}>
      {fresh === count ? "all fresh" : `${fresh} of ${count} fresh`}
    </Bar>
  );
}

type BarProps = { readonly share: number; readonly state: "fresh" | "stale"; readonly children: string };

function Bar({ share, state, children }: BarProps) {
  return (
    <span class="freshness" data-state={state}>
      <span class="freshness-bar" aria-hidden="true">
        <span style={{ width: `${Math.round(share * 100)}%` }} />
      </span>
      <span class="freshness-words">{children}</span>
    </span>
  );
}

/** How long ago something was, in whole seconds, as it grows. @param at by `performance.now()` */
export function useSecondsSince(at: number): number {
  const [now, setNow] = useState(() => performance.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(performance.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return Math.max(0, Math.round((now - at) / 1000));
}
