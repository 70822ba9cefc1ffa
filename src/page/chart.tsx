import { useEffect, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import { HEIGHT, optionsOf, plotted, scaleOf } from "./plot.ts";
import { useScheme } from "./scheme.ts";
import { clockTime } from "./wording.ts";

/** One line of a chart, or one layer of a stack. */
export type ChartSeries = {
  readonly name: string;
  /** A custom property of the style sheet: `--hit`. */
  readonly colour: string;
  /** One to each point of time; null where there is none. */
  readonly values: readonly (number | null)[];
};

type ChartProps = {
  readonly title: string;
  /** What a screen reader says of it. */
  readonly summary: string;
  /** Points of time, in ms since the epoch. */
  readonly times: readonly number[];
  readonly series: readonly ChartSeries[];
  /** How much of the past is shown up to the last point, in ms. */
  readonly width: number;
  /** Stacked layers lie upon each other, the first at the bottom. */
  readonly shape: "stack" | "lines";
  readonly format: (value: number) => string;
  /** The largest value where it is always the same. */
  readonly top?: number;
  /** `decades`: each of them is as high, so that a millisecond is seen beside a second. */
  readonly scale?: "linear" | "decades";
};

/** Numbers over time, with a legend that tells those under the pointer, or the last ones. */
export function Chart({ title, summary, times, series, width, shape, format, top, scale = "linear" }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const [pointed, setPointed] = useState<number | null>(null);
  const scheme = useScheme();
  const names = series.map(({ name }) => name).join();
  const data = plotted(times, series, shape);
  const latest = useRef({ data, series, format, width });
  latest.current = { data, series, format, width };

  useEffect(() => {
    const { current } = place;
    if (current === null) return;
    const stretch = (max: number): [number, number] => [max - latest.current.width / 1000, max];
    const options = {
      ...optionsOf(current.clientWidth, latest.current.series, shape, latest.current.format, scale),
      scales: { x: { range: (_: uPlot, __: number, max: number) => stretch(max) }, y: scaleOf(scale, top) },
    };
    const made = new uPlot(
      { ...options, hooks: { setCursor: [({ cursor: { idx } }) => setPointed(idx ?? null)] } },
      latest.current.data,
      current,
    );
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: current.clientWidth, height: HEIGHT }));
    observer.observe(current);
    return () => {
      observer.disconnect();
      made.destroy();
    };
  }, [scheme, names, shape, top, scale]);
  useEffect(() => plot.current?.setData(data), [times, series]);

  const at = pointed ?? times.length - 1;
  return (
    <figure class="card chart">
      <figcaption>
        <h2>{title}</h2>
        <ul class="legend">
          {series.map(({ name, colour, values }) => (
            <li key={name}>
              <i class="swatch" style={{ "--colour": `var(${colour})` }} />
              {name} <b>{valueAt(values, at, format)}</b>
            </li>
          ))}
          <li class="legend-time">{pointed === null ? "now" : clockTime(times[pointed] ?? 0)}</li>
        </ul>
      </figcaption>
      <div ref={place} class="plot" role="img" aria-label={summary} />
    </figure>
  );
}

function valueAt(values: readonly (number | null)[], at: number, format: (value: number) => string): string {
  const value = values[at];
  return value === null || value === undefined ? "–" : format(value);
}
