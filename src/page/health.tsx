import type { ViewProps } from "./app.tsx";
import { Facts } from "./facts.tsx";
import { LoadCard } from "./load.tsx";
import { Notice } from "./notice.tsx";
import { QuotaCard } from "./quota.tsx";
import type { OriginLatency, Stats, StoreNumbers, WorkerNumbers } from "./stats.ts";
import { clockTime, percent, shortBytes, shortCount, shortMs, shortSpan } from "./wording.ts";

/** How the proxy itself is doing: its stores, its workers, what it had to drop. */
export function HealthView({ state: { stats, dropped, hello } }: ViewProps) {
  if (stats === undefined) return <Notice title="Asking the proxy …" />;
  const { store } = stats;
  return (
    <div class="page-body">
      <Findings stats={stats} />
      <div class="stores">
        <Store title="Memory" numbers={stats.cache} further={[]} />
        {store !== undefined && (
          <Store
            title={`Below it: ${store.name}`}
            isFailing={store.state === "failing"}
            numbers={store}
            further={[
              ["Writes dropped", store.droppedWrites],
              ["Found damaged", store.damaged],
            ]}
          />
        )}
        <section class="card store">
          <h2>Proxy</h2>
          <Facts
            facts={[
              ["Version", stats.version],
              ["In front of", stats.origin],
              ["Up for", shortSpan(stats.uptimeSeconds)],
              ["Requests", shortCount(stats.requests.total)],
              ["Worker processes", String(hello?.workers ?? stats.workers?.length ?? 1)],
              ["Log lines dropped", shortCount(stats.log.dropped)],
              ["Exchanges this page was not told of", shortCount(dropped)],
            ]}
          />
        </section>
        <section class="card store">
          <h2>Origin</h2>
          <Latency latency={stats.originLatencyMs} />
        </section>
        <LoadCard load={stats.originLoad} />
        <QuotaCard stats={stats} />
      </div>
      {stats.workers !== undefined && <Workers workers={stats.workers} />}
    </div>
  );
}

/** What a person should know of at once; that all is well, where it is. */
function Findings({ stats: { cache, store, log, originQuota, workers = [] } }: { readonly stats: Stats }) {
  const restarts = workers.reduce((sum, worker) => sum + worker.restarts, 0);
  const findings = [
    store?.state === "failing" && `The store ${store.name} fails: it is left out until it answers again.`,
    cache.errors > 0 && `Failures of stores: ${shortCount(cache.errors)}. Each was a miss; the terminal says why.`,
    originQuota?.refusedUntil !== undefined &&
      `The origin refuses to be asked until ${clockTime(originQuota.refusedUntil)}; what is stored stands in.`,
    restarts > 0 && `Workers that crashed and were replaced: ${shortCount(restarts)}.`,
    log.dropped > 0 && `Log lines dropped: ${shortCount(log.dropped)}. Whoever reads the log is too slow.`,
    workers.some(({ unconfirmedInvalidations: unconfirmed }) => unconfirmed > 0) &&
      "Some invalidations went on before all workers had confirmed them.",
    workers.some(({ worstLagMs }) => worstLagMs > LATE_MS) &&
      "A worker's event loop was late by more than a tenth of a second in the last ten seconds.",
  ].filter((finding) => finding !== false && finding !== undefined);
  if (findings.length === 0) {
    return (
      <p class="card findings" data-state="well">
        <span class="dot" aria-hidden="true" /> All is well: no store fails, nothing was dropped, no worker crashed.
      </p>
    );
  }
  return (
    <ul class="card findings" data-state="troubled">
      {findings.map((finding) => (
        <li key={finding}>{finding}</li>
      ))}
    </ul>
  );
}

const LATE_MS = 100;

type StoreProps = {
  readonly title: string;
  readonly isFailing?: boolean;
  readonly numbers: StoreNumbers;
  readonly further: readonly (readonly [string, number | undefined])[];
};

function Store({ title, isFailing = false, numbers, further }: StoreProps) {
  const { entries, bytes, maxBytes, evictions, expired, errors } = numbers;
  const known = (count: number | undefined): string | undefined =>
    count === undefined ? undefined : shortCount(count);
  const share = bytes === undefined || !maxBytes ? undefined : Math.min(1, bytes / maxBytes);
  return (
    <section class="card store">
      <h2>
        {title}
        {isFailing && (
          <span class="badge" data-outcome="error">
            failing
          </span>
        )}
      </h2>
      {share !== undefined && maxBytes !== undefined && (
        <>
          <div
            class="meter"
            role="meter"
            aria-label={`${title}: part of its bound that is in use`}
            aria-valuenow={Math.round(share * 100)}
            aria-valuemin={0}
            aria-valuemax={100}
          >
            <div class="meter-fill" style={{ width: `${share * 100}%` }} />
          </div>
          <p class="quiet">
            {shortBytes(bytes ?? 0)} of {shortBytes(maxBytes)} ({percent(share)})
          </p>
        </>
      )}
      <Facts
        facts={[
          ["Entries", known(entries)],
          ["Size", share === undefined && bytes !== undefined ? shortBytes(bytes) : undefined],
          ["Evicted for room", known(evictions)],
          ["Expired", known(expired)],
          ["Errors", known(errors)],
          ...further.map(([name, count]) => [name, known(count)] as const),
        ]}
      />
    </section>
  );
}

function Latency({ latency: { count, p50, p90, p99, max } }: { readonly latency: OriginLatency }) {
  const known = (ms: number | null): string | undefined => (ms === null ? undefined : shortMs(ms));
  return (
    <Facts
      facts={[
        ["Asked", shortCount(count)],
        ["Half answer within", known(p50)],
        ["9 of 10 within", known(p90)],
        ["99 of 100 within", known(p99)],
        ["Slowest", known(max)],
      ]}
    />
  );
}

function Workers({ workers }: { readonly workers: readonly WorkerNumbers[] }) {
  return (
    <section class="card table-card">
      <h2>Workers</h2>
      <table>
        <thead>
          <tr>
            {[
              "Worker",
              "Process",
              "Up for",
              "Restarts",
              "Requests",
              "Entries",
              "Memory",
              "Latest by",
              "Unconfirmed",
            ].map((column) => (
              <th key={column} scope="col" class={column === "Worker" ? undefined : "number"}>
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {workers.map((worker) => (
            <tr key={worker.worker}>
              <th scope="row">{worker.worker}</th>
              <td class="number">{worker.pid}</td>
              <td class="number">{shortSpan(worker.uptimeSeconds)}</td>
              <td class="number">{worker.restarts}</td>
              <td class="number">{shortCount(worker.requests)}</td>
              <td class="number">{shortCount(worker.entries)}</td>
              <td class="number">{shortBytes(worker.residentBytes)}</td>
              <td class="number">{shortMs(worker.worstLagMs)}</td>
              <td class="number">{worker.unconfirmedInvalidations}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="quiet">
        “Latest by” is how late a worker's event loop was at worst in the last ten seconds; “unconfirmed” are
        invalidations that went on before all other workers had said that they know.
      </p>
    </section>
  );
}
