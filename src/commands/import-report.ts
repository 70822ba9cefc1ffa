import { explained } from "../observe/access-reasons.ts";
import { entryOrEntries, formatCount } from "./counts.ts";

/** What became of an archive's entries. */
export type Imported = {
  readonly entries: number;
  readonly stored: number;
  readonly left: ReadonlyMap<string, number>;
  /** By their numbers in the archive, from 1. */
  readonly faults: readonly { readonly entry: number; readonly why: string }[];
  readonly webSocketMessages: number;
  readonly worker?: number;
};

export const NOTHING: Imported = { entries: 0, stored: 0, left: new Map(), faults: [], webSocketMessages: 0 };

/** Faults that are told one by one. */
const MOST_SHOWN = 10;

/** The same of two parts of one archive, the second behind the first. */
export function joined(first: Imported, second: Imported): Imported {
  const left = new Map(first.left);
  for (const [reason, count] of second.left) left.set(reason, (left.get(reason) ?? 0) + count);
  return {
    ...second,
    entries: first.entries + second.entries,
    stored: first.stored + second.stored,
    left,
    faults: [...first.faults, ...second.faults.map(({ entry, why }) => ({ entry: entry + first.entries, why }))],
    webSocketMessages: first.webSocketMessages + second.webSocketMessages,
  };
}

/** What there is to say beside the rules of storing (observe/access-reasons.ts). */
const REASONS: ReadonlyMap<string, string> = new Map([
  ["elsewhere", "of other origins; --origin URL takes one for the proxy's"],
  ["own-path", "paths of the proxy's own"],
  ["method", "methods whose responses are not stored"],
  ["older", "what is stored already is more recent"],
  ["hidden", "cookies or credentials were hidden when the archive was written; export it --with-secrets"],
  ["purged", "it was purged softly before the archive was written"],
  ["malformed", "not to be understood"],
  ["not-http", "not fetched by HTTP"],
  ["websocket", "WebSockets, of which nothing is kept"],
  ["no-response", "no response came"],
  ["no-content", "the archive lacks the content"],
]);

/** The report for a person. */
export function renderImport(imported: Imported): string {
  const { entries, stored, left, worker } = imported;
  const where = worker === undefined ? "" : `, by worker ${worker} alone: the others have caches of their own`;
  const lines = [
    `stored ${formatCount(stored)} of ${formatCount(entries)} ${entryOrEntries(entries)}${where}`,
    ...leftLines({ ...imported, left: Object.fromEntries(left) }, () => undefined),
  ];
  return `${lines.join("\n")}\n`;
}

/** What of an archive led to nothing. @param own words for a reason that differ from those for what is not stored */
export function leftLines(
  {
    left,
    faults,
    webSocketMessages,
  }: {
    readonly left: Readonly<Record<string, number>>;
    readonly faults: Imported["faults"];
    readonly webSocketMessages: number;
  },
  own: (reason: string) => string | undefined,
): readonly string[] {
  const width = Math.max(0, ...Object.values(left).map((count) => formatCount(count).length));
  return [
    ...Object.entries(left)
      .toSorted(([, a], [, b]) => b - a)
      .map(([reason, count]) => {
        const words = own(reason) ?? REASONS.get(reason) ?? why(reason);
        return `  ${formatCount(count).padStart(width)} left: ${words}`;
      }),
    ...(webSocketMessages > 0 ? [`${formatCount(webSocketMessages)} WebSocket messages were ignored`] : []),
    ...faults.slice(0, MOST_SHOWN).map(({ entry, why: fault }) => `entry ${entry}: ${fault}`),
    ...(faults.length > MOST_SHOWN ? [`and ${faults.length - MOST_SHOWN} more like these`] : []),
  ];
}

function why(reason: string): string {
  return explained(reason).replace(/^not stored: /, "");
}
