import { defineCommand, runCommand } from "citty";
import { resolveTarget, type Target } from "../config/target.ts";
import { tailFlags } from "../config/watch-flags.ts";
import { type Colour, prettyLine } from "../observe/access-pretty.ts";
import { asciiJson } from "../observe/access-text.ts";
import { notOurs, place } from "./admin-client.ts";
import { catalog } from "./catalog.ts";
import { formatCount } from "./counts.ts";
import { exchangeIn } from "./exchange-shape.ts";
import { Failure } from "./failure.ts";
import { checkedFilter } from "./filter-argument.ts";
import { untilInterrupted } from "./interrupted.ts";
import { listAt, numberAt } from "./json-shape.ts";
import { stated } from "./stated.ts";
import { isColoured, StandardOutput, stderr } from "./terminal.ts";
import { wanted } from "./wanted.ts";
import { watched } from "./watched.ts";

/** `caching-proxy tail` */
export const tail = (rawArgs: string[]) => runCommand(command, { rawArgs });

/** What passed while a proxy that is back was not watched. */
const CAUGHT_UP = 1000;
const MOST_LINES = 10_000;

const command = defineCommand({
  meta: { name: "tail", description: catalog.tail.summary },
  args: tailFlags,
  run: async ({ args }) => {
    const target = wanted(resolveTarget((await stated(tailFlags, args)).given));
    const filter = checkedFilter(args.filter ?? "");
    const lines = args.lines ?? tailFlags.lines.fallback;
    if (!/^\d{1,5}$/.test(lines) || Number(lines) > MOST_LINES) {
      throw new Failure(2, `--lines "${lines}" is no number of exchanges: write a whole number up to ${MOST_LINES}`);
    }
    const colour = isColoured(1) ? "colour" : "plain";
    const line = args.json === true ? jsonLine : (value: unknown) => pretty(value, target, colour);
    await untilInterrupted((signal) => follow(target, { filter, lines: Number(lines), line }, signal));
  },
});

type Wish = { readonly filter: string; readonly lines: number; readonly line: (exchange: unknown) => string };

/** Prints what passes until nobody wants to see any more. */
async function follow(target: Target, { filter, lines, line }: Wish, signal: AbortSignal): Promise<void> {
  const output = new StandardOutput();
  /** When the newest exchange began that was printed, or the watching. */
  let newest: number | undefined;
  let isCatchingUp = false;
  let dropped = 0;
  const queryOf = (): URLSearchParams =>
    new URLSearchParams({ filter, backlog: String(newest === undefined ? lines : CAUGHT_UP) });
  for await (const seen of watched(target, queryOf, signal)) {
    if (seen.type === "lost") stderr.warn(`the proxy on ${place(target)} is gone; waiting for it to come back`);
    else if (seen.type === "back") {
      stderr.info(`the proxy on ${place(target)} is back`);
      isCatchingUp = true;
    } else if (seen.name === "hello") newest ??= numberAt(seen.data, "now");
    else if (seen.name === "exchanges") {
      // What is told again of the time before was printed then.
      const before = isCatchingUp ? newest : undefined;
      isCatchingUp = false;
      const exchanges = listAt(seen.data, "exchanges").filter((one) => before === undefined || beganAt(one) > before);
      newest = Math.max(newest ?? 0, ...exchanges.map(beganAt));
      dropped += numberAt(seen.data, "dropped") ?? 0;
      if (!(await output.write(exchanges.map(line).join("")))) return;
    } else if (dropped > 0) {
      // With the numbers of each second, so that a flood is not told of more often.
      stderr.warn(`${formatCount(dropped)} exchanges passed too fast to be shown`);
      dropped = 0;
    }
  }
}

function beganAt(exchange: unknown): number {
  return numberAt(exchange, "at") ?? 0;
}

function jsonLine(exchange: unknown): string {
  return `${asciiJson(exchange)}\n`;
}

function pretty(value: unknown, target: Target, colour: Colour): string {
  const exchange = exchangeIn(value);
  if (exchange === undefined) throw new Failure(1, notOurs(target));
  return prettyLine(exchange, colour);
}
