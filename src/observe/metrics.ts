import type { AddressFigures } from "../http/origin-health.ts";
import type { OriginLoad } from "../http/origin-load.ts";
import type { QuotaFigures } from "../http/quota.ts";
import type { RuleFigure } from "../http/rule-figures.ts";
import { TIME_BUCKETS } from "./buckets.ts";
import type { Counted } from "./counters.ts";
import { ofHealth } from "./health-metrics.ts";
import { FAILURES, FORWARD_REASONS, METHODS, NOT_STORED, OUTCOMES, STATUS_CLASSES, TIERS } from "./labels.ts";
import { ofLoad } from "./load-metrics.ts";
import { byWord, type Labels, type Metric, ofEach, single } from "./metric.ts";
import { ofQuota } from "./quota-metrics.ts";
import { ofRules } from "./rule-metrics.ts";
import { ofTiers, type TierFigures } from "./tier-metrics.ts";
import { savedBy } from "./totals.ts";
import type { Vitals } from "./vitals.ts";

/** A worker, or the one process that there is, whose number is 0. */
export type WorkerFigures = {
  readonly worker: number;
  /** Absent where nobody knows: it does not answer. */
  readonly restarts?: number;
  readonly vitals?: Vitals;
};

/** All that metrics are made of, over all workers. */
export type Figures = {
  readonly version: string;
  readonly counted: Counted;
  readonly tiers: readonly TierFigures[];
  readonly workers: readonly WorkerFigures[];
  readonly droppedLogLines: number;
  readonly unconfirmed: number;
  /** Both undefined where nobody looks at the origin's quotas, or where requests to it have no bound. */
  readonly quota: QuotaFigures | undefined;
  readonly load: OriginLoad | undefined;
  /** None where nobody looks at how they stand. */
  readonly origins: readonly AddressFigures[];
  /** None where there is no config file. */
  readonly rules: readonly RuleFigure[];
};

/** All metrics. Their series are bounded by the words in labels.ts, the tiers, the workers and a bounded number of rules. */
export function metricsOf(figures: Figures): readonly Metric[] {
  const { version, counted, tiers, workers, droppedLogLines, unconfirmed, quota, load, origins, rules } = figures;
  const all: readonly Metric[] = [
    {
      type: "gauge",
      name: "caching_proxy_build_info",
      help: "Always 1; the labels say which version runs, and on which Bun.",
      values: [{ labels: { version, bun: Bun.version }, value: 1 }],
    },
    ...ofExchanges(counted),
    ...ofTiers(tiers),
    single(
      "counter",
      "caching_proxy_log_dropped_total",
      "Lines that a slow reader of the log has cost.",
      droppedLogLines,
    ),
    single(
      "counter",
      "caching_proxy_unconfirmed_invalidations_total",
      "Invalidations that went on before all other workers or proxies had confirmed them.",
      unconfirmed,
    ),
    ...(quota ? ofQuota(quota) : []),
    ...(load ? ofLoad(load) : []),
    ...ofHealth(origins),
    ...ofRules(rules),
    ...ofWorkers(workers),
  ];
  // What nobody knows is left out with its name.
  return all.filter((metric) => (metric.type === "histogram" ? metric.series : metric.values).length > 0);
}

function ofExchanges(counted: Counted): readonly Metric[] {
  const saved = savedBy(counted);
  const requests = OUTCOMES.map((outcome) => counted.requests[outcome]);
  return [
    byWord("caching_proxy_requests_total", "Requests by outcome.", "outcome", OUTCOMES, requests),
    {
      type: "counter",
      name: "caching_proxy_responses_total",
      help: "Answers to clients by method and class of status.",
      values: METHODS.flatMap((method, row) => {
        const counts = counted.answers.slice(row * STATUS_CLASSES.length, (row + 1) * STATUS_CLASSES.length);
        // Most methods are never used.
        const isShown = row === 0 || counts.some((count) => count > 0);
        return isShown ? STATUS_CLASSES.map((code, i) => ({ labels: { method, code }, value: counts[i] ?? 0 })) : [];
      }),
    },
    {
      type: "counter",
      name: "caching_proxy_hits_total",
      help: "Answers from what is stored, fresh or stale, by the tier where it lay.",
      values: TIERS.map((tier, i) => ({ labels: { tier }, value: counted.hits[i] ?? 0 })).filter(
        ({ value }, i) => i === 0 || value > 0,
      ),
    },
    {
      type: "histogram",
      name: "caching_proxy_request_duration_seconds",
      help: "Time from a request to the header section of its answer, by outcome.",
      series: OUTCOMES.map((outcome, i) => ({
        labels: { outcome },
        buckets: counted.times.slice(i * TIME_BUCKETS, (i + 1) * TIME_BUCKETS),
        ms: counted.timeMs[i] ?? 0,
      })),
    },
    {
      type: "histogram",
      name: "caching_proxy_origin_duration_seconds",
      help: "Time from a request to the origin to the header section of its answer.",
      series: [{ labels: {}, buckets: counted.originTimes, ms: counted.originMs }],
    },
    byWord(
      "caching_proxy_response_bytes_total",
      "Content of answers by outcome, where its length was known when it started.",
      "outcome",
      OUTCOMES,
      counted.bytes,
    ),
    byWord(
      "caching_proxy_forwards_total",
      "Requests that went to the origin, by the reason in the words of RFC 9211.",
      "reason",
      FORWARD_REASONS,
      counted.forwards,
    ),
    byWord(
      "caching_proxy_not_stored_total",
      "Answers of the origin that were not stored, by the rule that forbade it.",
      "reason",
      NOT_STORED,
      counted.notStored,
    ),
    byWord(
      "caching_proxy_failures_total",
      "Requests that the origin did not answer, or not so that it could be used, by cause.",
      "cause",
      FAILURES,
      counted.failures,
    ),
    single(
      "counter",
      "caching_proxy_collapsed_total",
      "Requests that waited for the answer to another one.",
      counted.collapsed,
    ),
    single(
      "counter",
      "caching_proxy_saved_requests_total",
      "Requests that were answered without asking the origin.",
      saved.calls,
    ),
    single(
      "counter",
      "caching_proxy_saved_bytes_total",
      "Content that came from the cache instead of from the origin.",
      saved.bytes,
    ),
    single(
      "gauge",
      "caching_proxy_saved_seconds_estimate",
      "An estimate: saved requests, each as long as the origin takes on average.",
      (saved.ms ?? 0) / 1000,
    ),
  ];
}

function ofWorkers(workers: readonly WorkerFigures[]): readonly Metric[] {
  const of = (
    type: "counter" | "gauge",
    name: string,
    help: string,
    value: (worker: WorkerFigures) => number | undefined,
  ): Metric => ofEach(type, name, help, workers, labelsOf, value);
  return [
    of("gauge", "caching_proxy_worker_up", "1 for each process that answers, else 0.", ({ vitals }) =>
      vitals ? 1 : 0,
    ),
    of(
      "counter",
      "caching_proxy_worker_restarts_total",
      "How often the worker's place was taken anew.",
      (worker) => worker.restarts,
    ),
    {
      type: "histogram",
      name: "caching_proxy_event_loop_lag_seconds",
      help: "How late a timer fired, looked at four times a second: what all else had to wait then.",
      series: workers.flatMap((worker) => {
        const lag = worker.vitals?.lag;
        return lag === undefined ? [] : [{ labels: labelsOf(worker), ...lag }];
      }),
    },
    of(
      "gauge",
      "caching_proxy_heap_bytes",
      "What JavaScript holds, bodies not counted.",
      ({ vitals }) => vitals?.heapBytes,
    ),
    of("counter", "process_cpu_seconds_total", "CPU time, user and system.", ({ vitals }) => vitals?.cpuSeconds),
    of("gauge", "process_resident_memory_bytes", "Resident memory.", ({ vitals }) => vitals?.residentBytes),
    of("gauge", "process_open_fds", "Open files and sockets.", ({ vitals }) => vitals?.openFiles),
    of("gauge", "process_max_fds", "How many files and sockets may be open.", ({ vitals }) => vitals?.maxFiles),
    of(
      "gauge",
      "process_start_time_seconds",
      "When it started, since the epoch.",
      ({ vitals }) => vitals?.startSeconds,
    ),
  ];
}

function labelsOf({ worker }: WorkerFigures): Labels {
  return { worker: String(worker) };
}
