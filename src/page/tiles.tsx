import { useMemo } from "preact/hooks";
import { lastOf, type Second, stretches, summedUp } from "./seconds.ts";
import { Sparkline } from "./sparkline.tsx";
import type { Stats } from "./stats.ts";
import { percent, shortBytes, shortCount, shortSpan } from "./wording.ts";

/** Seconds to a point of a sparkline. */
const STRETCH = 10;

type TilesProps = { readonly stats: Stats; readonly seconds: readonly Second[] };

/** What the cache saved: since the start, in the last minute, and over the last ten. */
export function Tiles({ stats, seconds }: TilesProps) {
  const usualMs = stats.originLatencyMs.p50 ?? 0;
  const { minute, over } = useMemo(
    () => ({ minute: summedUp(lastOf(seconds, 60), usualMs), over: stretches(seconds, STRETCH, usualMs) }),
    [seconds, usualMs],
  );
  const { calls, ms, bytes } = stats.saved;
  return (
    <div class="tiles">
      <Tile
        name="Hit ratio"
        value={stats.hitRatio === null ? "–" : percent(stats.hitRatio)}
        now={
          minute.requests === 0
            ? "no requests in the last minute"
            : `${percent(minute.served / minute.requests)} in the last minute`
        }
        values={over.map((span) => (span.requests === 0 ? 0 : span.served / span.requests))}
      />
      <Tile
        name="Calls saved"
        value={shortCount(calls)}
        now={`of ${shortCount(stats.requests.total)}; ${shortCount(minute.served)} in the last minute`}
        values={over.map((span) => span.served)}
      />
      <Tile
        name="Waiting saved"
        value={ms === null ? "–" : `≈ ${shortSpan(ms / 1000)}`}
        now={ms === null ? "the origin was not asked yet" : `${shortSpan(minute.msSaved / 1000)} in the last minute`}
        hint="Answers from the cache, each worth the time that the origin usually takes."
        values={over.map((span) => span.msSaved)}
      />
      <Tile
        name="Transfer saved"
        value={shortBytes(bytes)}
        now={`${shortBytes(minute.bytesSaved)} in the last minute`}
        values={over.map((span) => span.bytesSaved)}
      />
    </div>
  );
}

type TileProps = {
  readonly name: string;
  readonly value: string;
  readonly now: string;
  readonly hint?: string;
  readonly values: readonly number[];
};

function Tile({ name, value, now, hint, values }: TileProps) {
  return (
    <section class="card tile" title={hint}>
      <h2>{name}</h2>
      <p class="tile-value">{value}</p>
      <p class="tile-now">{now}</p>
      <Sparkline values={values} colour="--hit" />
    </section>
  );
}
