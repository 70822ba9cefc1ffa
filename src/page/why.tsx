import { useMemo } from "preact/hooks";
import type { ShownExchange } from "../observe/shown-exchange.ts";
import type { ViewProps } from "./app.tsx";
import { Notice } from "./notice.tsx";
import { meaningOf, wordsOf } from "./reasons.ts";
import { linkTo } from "./route.ts";
import type { Reasons } from "./stats.ts";
import { percent, shortCount } from "./wording.ts";

/** Why the origin was asked and why answers were not stored: how often, what it means, what to do. */
export function WhyView({ state: { stats, exchanges } }: ViewProps) {
  const recent = useMemo(() => countsOf(exchanges), [exchanges]);
  const reasons = stats?.reasons ?? NONE;
  const total = stats?.requests.total ?? 0;
  const groups = [
    ["Why the origin was asked", reasons.forwarded, "fwd"],
    ["Why answers were not stored", reasons.notStored, "why"],
    ["What went wrong", reasons.failed, "why"],
  ] as const;
  const counted = new Set(groups.flatMap(([, counts]) => Object.keys(counts)));
  const others = Object.fromEntries(
    [...recent].filter(([word]) => !counted.has(word)).map(([word]) => [word, undefined]),
  );
  if (stats === undefined) return <Notice title="Asking the proxy …" />;
  if (counted.size === 0 && recent.size === 0) {
    return (
      <Notice title="Nothing needed a reason yet">
        <p>
          Once the origin is asked for something, or an answer is not stored, it is told here why, and what to do about
          it.
        </p>
      </Notice>
    );
  }
  return (
    <div class="page-body">
      {groups.map(([title, counts, field]) => (
        <ReasonTable key={title} {...{ title, counts, field, recent, total }} />
      ))}
      <ReasonTable title="Also said lately" counts={others} field="why" recent={recent} total={total} />
    </div>
  );
}

const NONE: Reasons = { forwarded: {}, notStored: {}, failed: {} };

type ReasonTableProps = {
  readonly title: string;
  /** Since the start; undefined where that is not counted. */
  readonly counts: Readonly<Record<string, number | undefined>>;
  /** By which a filter finds them. */
  readonly field: "fwd" | "why";
  readonly recent: ReadonlyMap<string, number>;
  readonly total: number;
};

function ReasonTable({ title, counts, field, recent, total }: ReasonTableProps) {
  const rows = Object.entries(counts).sort(([, a = 0], [, b = 0]) => b - a);
  if (rows.length === 0) return null;
  return (
    <section class="card table-card">
      <h2>{title}</h2>
      <table class="reasons">
        <thead>
          <tr>
            <th scope="col">Reason</th>
            <th scope="col" class="number">
              Since start
            </th>
            <th scope="col" class="number">
              In the list
            </th>
            <th scope="col">What it means</th>
            <th scope="col">What to do</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([word, count]) => (
            <tr key={word}>
              <th scope="row">
                <a href={linkTo("requests", { filter: `${field}=${word}` })} title="Show these exchanges">
                  {word}
                </a>
              </th>
              <td class="number">
                {count === undefined ? "–" : shortCount(count)}
                {count !== undefined && total > 0 && <span class="share">{percent(count / total)}</span>}
              </td>
              <td class="number">{shortCount(recent.get(word) ?? 0)}</td>
              <td>
                {meaningOf(word)?.means ??
                  "Said beside another reason, such as the field by which what is stored differs."}
              </td>
              <td>{meaningOf(word)?.remedy ?? <span class="quiet">Nothing needs to be done.</span>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** How often each reason was given among the exchanges that are listed. */
function countsOf(exchanges: readonly ShownExchange[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { why, fwd } of exchanges) {
    const words = new Set([...wordsOf(why), ...(fwd === undefined ? [] : [fwd])]);
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return counts;
}
