import { defineCommand, runCommand } from "citty";
import { resolveTarget, type Target } from "../config/target.ts";
import { topFlags } from "../config/watch-flags.ts";
import { PathTotals } from "../observe/path-totals.ts";
import { place } from "./admin-client.ts";
import { catalog } from "./catalog.ts";
import { formatCount } from "./counts.ts";
import { Failure } from "./failure.ts";
import { checkedFilter } from "./filter-argument.ts";
import { untilInterrupted } from "./interrupted.ts";
import { listAt, numberAt, textAt } from "./json-shape.ts";
import { exchangeAsPathTotal, pathTotalIn } from "./path-shape.ts";
import { Screen } from "./screen.ts";
import { stated } from "./stated.ts";
import { isColoured, isTerminal, print } from "./terminal.ts";
import { renderTop, SORTS, type Sort } from "./top-report.ts";
import { TopWindow } from "./top-window.ts";
import { answered, wanted } from "./wanted.ts";
import { watched } from "./watched.ts";

/** `caching-proxy top` */
export const top = (rawArgs: string[]) => runCommand(command, { rawArgs });

/** Over how many seconds it adds up. */
const WINDOW = 60;
/** As many as the proxy gives, each with a long URL. */
const MOST_REMEMBERED = 10_000;
const LARGEST_ANSWER = 256 * 1024 * 1024;

const command = defineCommand({
  meta: { name: "top", description: catalog.top.summary },
  args: topFlags,
  run: async ({ args }) => {
    const target = wanted(resolveTarget((await stated(topFlags, args)).given));
    const filter = checkedFilter(args.filter ?? "");
    const said = args.sort ?? topFlags.sort.fallback;
    const sort = SORTS.find((one) => one === said);
    if (sort === undefined) throw new Failure(2, `--sort "${said}" is no order: write ${SORTS.join(", ")}`);
    if (args.once === true || !isTerminal(1) || process.env.TERM === "dumb") await once(target, filter, sort);
    else await untilInterrupted((signal) => follow(target, filter, sort, signal));
  },
});

/** One table of what the proxy still remembers. */
async function once(target: Target, filter: string, sort: Sort): Promise<void> {
  const query = new URLSearchParams({ filter, limit: String(MOST_REMEMBERED) });
  const { value } = await answered(target, "GET", `recent?${query}`, undefined, LARGEST_ANSWER);
  const exchanges = listAt(value, "exchanges");
  const totals = new PathTotals();
  for (const exchange of exchanges) {
    const total = exchangeAsPathTotal(exchange);
    if (total !== undefined) totals.merge(total);
  }
  const oldest = numberAt(exchanges.at(-1), "at");
  const since = oldest === undefined ? "" : ` since ${new Date(oldest).toTimeString().slice(0, 8)}`;
  const title = `${place(target)}, the last ${formatCount(exchanges.length)} exchanges${since}`;
  const dropped = numberAt(value, "dropped") ?? 0;
  const endless = { columns: Number.POSITIVE_INFINITY, rows: Number.POSITIVE_INFINITY };
  const table = { title, paths: totals.list(), dropped, sort };
  print((coloured) => `${renderTop(table, { ...endless, coloured }).join("\n")}\n`);
}

/** A table that is drawn anew each second. */
async function follow(target: Target, filter: string, first: Sort, signal: AbortSignal): Promise<void> {
  const left = new AbortController();
  const window = new TopWindow(WINDOW);
  let sort = first;
  let origin = "";
  let isLost = false;
  const draw = (): void => {
    const span = window.size === WINDOW ? "the last minute" : `${window.size} s`;
    const state = isLost ? "is gone; waiting for it to come back" : `before ${origin}, ${span}`;
    const title = `${place(target)} ${state}   (${KEYS})`;
    screen.show(renderTop({ title, ...window.sum(), sort }, { ...screen.size, coloured: isColoured(1) }));
  };
  using screen = new Screen(draw, (key) => {
    sort = SORTS.find((one) => one.startsWith(key)) ?? sort;
    if (key === "q" || key === "\x03") left.abort();
    else draw();
  });
  const queryOf = (): URLSearchParams => new URLSearchParams({ view: "paths", filter });
  for await (const seen of watched(target, queryOf, AbortSignal.any([signal, left.signal]))) {
    isLost = seen.type === "lost";
    if (seen.type === "event" && seen.name === "hello") origin = textAt(seen.data, "origin") ?? "";
    if (seen.type === "event" && seen.name === "paths") {
      const paths = listAt(seen.data, "paths").map(pathTotalIn);
      const dropped = numberAt(seen.data, "dropped") ?? 0;
      window.add({ paths: paths.filter((path) => path !== undefined), dropped });
    }
    draw();
  }
}

const KEYS = "r m b s sorts, q ends";
