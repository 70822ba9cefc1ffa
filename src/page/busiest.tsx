import { useMemo } from "preact/hooks";
import type { ShownExchange } from "../observe/shown-exchange.ts";
import { type Busy, busiest } from "./busy-paths.ts";
import { linkTo } from "./route.ts";
import { percent, shortCount, shortMs } from "./wording.ts";

type BusiestProps = { readonly exchanges: readonly ShownExchange[] };

/** Where a look pays off: what is asked for most, and what the origin is asked for most. */
export function Busiest({ exchanges }: BusiestProps) {
  const { asked, missed } = useMemo(() => busiest(exchanges), [exchanges]);
  if (asked.length === 0) return null;
  return (
    <div class="charts busiest">
      <PathTable
        title="Asked for most"
        column="Times"
        count={({ times }) => times}
        paths={asked}
        of={exchanges.length}
      />
      <PathTable
        title="Sent to the origin most"
        column="Sent on"
        count={({ times, served }) => times - served}
        paths={missed}
        of={exchanges.length}
      />
    </div>
  );
}

type PathTableProps = {
  readonly title: string;
  /** The heading of what it is ordered by. */
  readonly column: string;
  readonly count: (busy: Busy) => number;
  readonly paths: readonly Busy[];
  /** Exchanges that were looked at. */
  readonly of: number;
};

function PathTable({ title, column, count, paths, of }: PathTableProps) {
  return (
    <section class="card table-card">
      <h2>
        {title} <span class="quiet">in the last {shortCount(of)} exchanges</span>
      </h2>
      {paths.length === 0 ? (
        <p class="quiet">Nothing: the cache answered all of them.</p>
      ) : (
        <table class="paths">
          <thead>
            <tr>
              <th scope="col">Path</th>
              <th scope="col" class="number">
                {column}
              </th>
              <th scope="col" class="number">
                Hit ratio
              </th>
              <th scope="col" class="number">
                Mean
              </th>
            </tr>
          </thead>
          <tbody>
            {paths.map((busy) => (
              <tr key={busy.path}>
                <th scope="row" title={busy.shown}>
                  <a href={linkTo("requests", { filter: `path=${JSON.stringify(busy.path)}` })}>{busy.shown}</a>
                </th>
                <td class="number">{shortCount(count(busy))}</td>
                <td class="number">{percent(busy.served / busy.times)}</td>
                <td class="number">{shortMs(busy.totalMs / busy.times)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
