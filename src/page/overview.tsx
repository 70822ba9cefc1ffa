import { useMemo, useState } from "preact/hooks";
import type { ViewProps } from "./app.tsx";
import { Busiest } from "./busiest.tsx";
import { Chart, type ChartSeries } from "./chart.tsx";
import { Lanes } from "./lanes.tsx";
import { Notice } from "./notice.tsx";
import { Rules } from "./rules.tsx";
import { lastOf, type Second } from "./seconds.ts";
import { OUTCOMES, type Stats } from "./stats.ts";
import { Tiles } from "./tiles.tsx";
import { percent, shortCount, shortMs } from "./wording.ts";

const SPANS = [1, 5, 10] as const;

/** What the cache does for those who ask, now and over the last ten minutes. */
export function OverviewView({ api, state: { stats, seconds, exchanges, connection } }: ViewProps) {
  const [chosen, setChosen] = useState<number>();
  const minutes = chosen ?? fitting(seconds);
  const shown = useMemo(() => lastOf(seconds, minutes * 60), [seconds, minutes]);
  // At the pace of the statistics: a list that changes several times a second is not read.
  const lately = useMemo(() => exchanges, [stats]);
  if (stats === undefined) {
    return connection.type === "connecting" || connection.type === "live" ? (
      <Notice title="Asking the proxy …" />
    ) : (
      <Notice title="Nothing is known of the proxy yet">
        <p>Its numbers appear here once it can be reached.</p>
      </Notice>
    );
  }
  return (
    <div class="page-body">
      {stats.requests.total === 0 && (
        <p class="card hint">
          No requests yet: all of this begins to move with the first one. Try <code>curl -i {location.origin}/</code>
        </p>
      )}
      <Tiles stats={stats} seconds={seconds} />
      <Lanes api={api} moment={stats} />
      <div class="section-head">
        <h2>Over time</h2>
        <fieldset class="choices">
          <legend class="unseen">Stretch of time that the charts show</legend>
          {SPANS.map((span) => (
            <button key={span} type="button" aria-pressed={span === minutes} onClick={() => setChosen(span)}>
              {span} min
            </button>
          ))}
        </fieldset>
      </div>
      <Charts seconds={shown} stats={stats} width={minutes * 60_000} />
      <Busiest exchanges={lately} />
      <Rules api={api} stats={stats} />
    </div>
  );
}

type ChartsProps = { readonly seconds: readonly Second[]; readonly stats: Stats; readonly width: number };

function Charts({ seconds, stats, width }: ChartsProps) {
  const drawn = useMemo(() => {
    const of = (name: string, colour: string, value: (second: Second) => number | null): ChartSeries => ({
      ...{ name, colour, values: seconds.map(value) },
    });
    return {
      times: seconds.map(({ at }) => at),
      outcomes: OUTCOMES.map((outcome) => of(outcome, `--${outcome}-area`, ({ requests }) => requests[outcome])),
      ratio: [of("answered without the origin", "--hit", ratioOf)],
      latency: [
        of("origin", "--miss", ({ originMs }) => positive(originMs)),
        of("cache", "--hit", ({ cacheMs }) => positive(cacheMs)),
      ],
    };
  }, [seconds]);
  const { times, outcomes, ratio, latency } = drawn;
  const now = outcomes.map(({ name, values }) => `${values.at(-1) ?? 0} ${name}`).join(", ");
  const { p50, p99 } = stats.originLatencyMs;
  return (
    <div class="charts">
      <Chart
        title="Requests a second, by outcome"
        summary={`Requests a second by outcome; in the last second ${now}.`}
        {...{ times, width, series: outcomes, shape: "stack", format: shortCount }}
      />
      <Chart
        title="Hit ratio"
        summary={`Hit ratio over time; since the start ${percent(stats.hitRatio ?? 0)}.`}
        {...{ times, width, series: ratio, shape: "lines", format: percent, top: 1 }}
      />
      <Chart
        title="Time to answer (mean)"
        summary={`Time to answer; since the start the origin took ${shortMs(p50 ?? 0)} in the median and ${shortMs(p99 ?? 0)} in the 99th percentile.`}
        {...{ times, width, series: latency, shape: "lines", format: shortMs, scale: "decades" }}
      />
    </div>
  );
}

/** The shortest stretch that shows all that is known. */
function fitting(seconds: readonly Second[]): number {
  const known = ((seconds.at(-1)?.at ?? 0) - (seconds[0]?.at ?? 0)) / 60_000;
  return SPANS.find((span) => span >= known) ?? 10;
}

/** Null where nothing was asked for. */
function ratioOf({ requests }: Second): number | null {
  const total = OUTCOMES.reduce((sum, outcome) => sum + requests[outcome], 0);
  return total === 0 ? null : (requests.hit + requests.stale) / total;
}

/** What a scale of decades has a place for. */
function positive(ms: number | undefined): number | null {
  return ms === undefined || ms <= 0 ? null : ms;
}
