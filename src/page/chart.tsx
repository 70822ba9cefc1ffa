import { useEffect, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import { colourOf, useScheme } from "./scheme.ts";
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
  /** Stacked layers lie upon each other, the first at the bottom. */
  readonly shape: "stack" | "lines";
  readonly format: (value: number) => string;
  /** The largest value where it is always the same. */
  readonly top?: number;
  /** `decades`: each of them is as high, so that a millisecond is seen beside a second. */
  readonly scale?: "linear" | "decades";
};

const HEIGHT = 170;
/** All charts show the same moment under the pointer. */
const SYNC = "time";

/** Numbers over time, with a legend that tells those under the pointer, or the last ones. */
export function Chart({ title, summary, times, series, shape, format, top, scale = "linear" }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const [pointed, setPointed] = useState<number | null>(null);
  const scheme = useScheme();
  const names = series.map(({ name }) => name).join();
  const data = plotted(times, series, shape);
  const latest = useRef({ data, series, format });
  latest.current = { data, series, format };

  useEffect(() => {
    const { current } = place;
    if (current === null) return;
    const options = {
      ...optionsOf(current.clientWidth, latest.current.series, shape, latest.current.format, scale),
      scales: { y: scaleOf(scale, top) },
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

/** The data as uPlot draws them: a stack's topmost layer first, over which the lower ones are painted. */
function plotted(
  times: readonly number[],
  series: readonly ChartSeries[],
  shape: "stack" | "lines",
): uPlot.AlignedData {
  const seconds = times.map((time) => time / 1000);
  if (shape === "lines") return [seconds, ...series.map(({ values }) => [...values])];
  const sums: number[][] = [];
  for (const { values } of series) {
    const below = sums.at(-1);
    sums.push(values.map((value, i) => (value ?? 0) + (below?.[i] ?? 0)));
  }
  return [seconds, ...sums.toReversed()];
}

function optionsOf(
  width: number,
  series: readonly ChartSeries[],
  shape: "stack" | "lines",
  format: (value: number) => string,
  scale: "linear" | "decades",
): Omit<uPlot.Options, "scales"> {
  const axis = { stroke: colourOf("--muted"), grid: { stroke: colourOf("--line"), width: 1 }, ticks: { show: false } };
  const font = "11px system-ui, sans-serif";
  const drawn = (shape === "stack" ? series.toReversed() : series).map(({ name, colour }): uPlot.Series => {
    const paint = colourOf(colour);
    const fill = shape === "stack" ? { fill: paint, width: 0 } : { width: 1.5 };
    return { label: name, stroke: paint, points: { show: false }, spanGaps: shape === "lines", ...fill };
  });
  return {
    width,
    height: HEIGHT,
    padding: [8, 24, 0, 0],
    legend: { show: false },
    cursor: { sync: { key: SYNC }, drag: { x: false, y: false }, points: { show: shape === "lines" } },
    series: [{}, ...drawn],
    axes: [
      { ...axis, font, size: 26, space: 70, values: (_, splits) => splits.map((split) => clockTime(split * 1000)) },
      {
        ...axis,
        font,
        size: 56,
        space: 34,
        ...(scale === "decades" && { splits: decades }),
        values: (_, splits) => splits.map(format),
      },
    ],
  };
}

function scaleOf(scale: "linear" | "decades", top: number | undefined): uPlot.Scale {
  if (scale === "linear") return { range: (_, __, max) => [0, top ?? Math.max(1, max * 1.1)] };
  const range = (_: uPlot, min: number | null, max: number | null): [number, number] => [
    10 ** Math.floor(Math.log10(min ?? 0.1)),
    10 ** Math.ceil(Math.log10((max ?? 100) * 1.01)),
  ];
  return { distr: 3, range };
}

function decades(_: uPlot, __: number, min: number, max: number): number[] {
  const first = Math.round(Math.log10(min));
  return Array.from({ length: Math.round(Math.log10(max)) - first + 1 }, (_, i) => 10 ** (first + i));
}
