import type uPlot from "uplot";
import type { ChartSeries } from "./chart.tsx";
import { colourOf } from "./scheme.ts";
import { clockTime } from "./wording.ts";

/** Of a plot, in px. */
export const HEIGHT = 170;
/** All charts show the same moment under the pointer. */
const SYNC = "time";

/** The data as uPlot draws them: a stack's topmost layer first, over which the lower ones are painted. */
export function plotted(
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

/** How a plot looks; colours are those of the page as it is shown now. */
export function optionsOf(
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
        // Of many decades some are left without a word.
        values: (_, splits: (number | null)[]) => splits.map((split) => (split === null ? "" : format(split))),
      },
    ],
  };
}

/** How values lie on the vertical axis. */
export function scaleOf(scale: "linear" | "decades", top: number | undefined): uPlot.Scale {
  if (scale === "linear") return { range: (_, __, max) => [0, top ?? Math.max(4, max * 1.1)] };
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
