import { describe, expect, test } from "bun:test";
import { scraped } from "../../src/observe/scraped.ts";
import { figures } from "./figures.ts";
import { type Family, lint, parsePrometheus } from "./prometheus-text.ts";

const { text, contentType } = await scraped(figures(), "prometheus");
const families = parsePrometheus(text);

/** What a series says that has just these labels. */
function seriesValue(
  of: readonly Family[],
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  const all = of.flatMap(({ series }) => series);
  return all.find((one) => one.name === name && Bun.deepEquals(one.labels, labels))?.value;
}

test("promtool would find nothing to fault", () => {
  expect(contentType).toBe("text/plain; version=0.0.4; charset=utf-8");
  expect(lint(families)).toEqual([]);
});

test("the linter sees what is wrong", () => {
  const bad = `# HELP caching_proxy_hits A.
# TYPE caching_proxy_hits counter
caching_proxy_hits 1
# HELP timeMs what
# TYPE timeMs gauge
timeMs -1
# HELP process_x_seconds A.
# TYPE process_x_seconds histogram
process_x_seconds_bucket{le="2"} 3
process_x_seconds_bucket{le="1"} 2
process_x_seconds_sum 1
process_x_seconds_count 4
`;
  expect(() => parsePrometheus(bad)).toThrow("no line of numbers: # HELP timeMs");
  const faults = lint(parsePrometheus(bad.replaceAll("timeMs", "time_ms")));
  expect(faults).toEqual([
    "caching_proxy_hits is a counter without _total, or _total and no counter",
    "time_ms has no prefix that says whose it is",
    "time_ms has no sentence as its help",
    "time_ms is not in base units",
    "time_ms has a value below zero, or none",
    "process_x_seconds {}: bounds do not ascend",
    "process_x_seconds {}: the last bucket is not +Inf",
    "process_x_seconds {}: buckets do not cumulate",
    "process_x_seconds {}: +Inf is not the count",
  ]);
});

test.each([
  ["caching_proxy_requests_total", { outcome: "hit" }, 2],
  ["caching_proxy_requests_total", { outcome: "error" }, 0],
  ["caching_proxy_hits_total", { tier: "memory" }, 1],
  ["caching_proxy_hits_total", { tier: "redis" }, 1],
  ["caching_proxy_hits_total", { tier: "sqlite" }, undefined],
  ["caching_proxy_responses_total", { method: "other", code: "4xx" }, 1],
  ["caching_proxy_responses_total", { method: "POST", code: "2xx" }, undefined],
  ["caching_proxy_request_duration_seconds_bucket", { outcome: "hit", le: "0.0001" }, 0],
  ["caching_proxy_request_duration_seconds_bucket", { outcome: "hit", le: "0.00025" }, 1],
  ["caching_proxy_request_duration_seconds_bucket", { outcome: "hit", le: "10" }, 1],
  ["caching_proxy_request_duration_seconds_bucket", { outcome: "hit", le: "+Inf" }, 2],
  ["caching_proxy_request_duration_seconds_sum", { outcome: "hit" }, 20.0002],
  ["caching_proxy_origin_duration_seconds_bucket", { le: "0.0025" }, 1],
  ["caching_proxy_origin_duration_seconds_count", {}, 1],
  ["caching_proxy_response_bytes_total", { outcome: "hit" }, 20],
  ["caching_proxy_forwards_total", { reason: "uri-miss" }, 1],
  ["caching_proxy_not_stored_total", { reason: "no-store" }, 1],
  ["caching_proxy_saved_requests_total", {}, 2],
  ["caching_proxy_saved_seconds_estimate", {}, 0.005],
  ["caching_proxy_store_errors_total", { tier: "memory" }, 6],
  ["caching_proxy_store_up", { tier: "redis" }, 0],
  ["caching_proxy_cache_entries", { tier: "redis" }, undefined],
  ["caching_proxy_store_damaged_total", { tier: "redis" }, 8],
  ["caching_proxy_worker_up", { worker: "1" }, 1],
  ["caching_proxy_worker_up", { worker: "2" }, 0],
  ["caching_proxy_event_loop_lag_seconds_count", { worker: "1" }, 5],
  ["process_resident_memory_bytes", { worker: "1" }, 1e9],
  ["process_start_time_seconds", { worker: "1" }, 1_700_000_000.5],
  ["caching_proxy_log_dropped_total", {}, 11],
  ["caching_proxy_unconfirmed_invalidations_total", {}, 12],
  ["caching_proxy_origin_quota_limit", {}, 100],
  ["caching_proxy_origin_quota_remaining", {}, 13],
  ["caching_proxy_origin_quota_reset_seconds", {}, 1_700_000_060.5],
  ["caching_proxy_origin_refused_until_seconds", {}, 1_700_000_090],
  ["caching_proxy_quota_delays_total", {}, 14],
  ["caching_proxy_rule_matches_total", { rule: "rules[0]" }, 15],
  ["caching_proxy_rule_matches_total", { rule: "rules[1]" }, 0],
] as const)("%s %o is %p", (name, labels, value) => {
  const found = seriesValue(families, name, labels);
  if (value === undefined) expect(found).toBeUndefined();
  else expect(found).toBeCloseTo(value, 9);
});

test("a label with a quote, a backslash and a line feed stays one", () => {
  expect(text).toContain('version="1.0.0 \\"x\\"\\\\\\n"');
});

describe("OpenMetrics", () => {
  test("counters have their suffix on the line alone, bounds are no integers, and it says where it ends", async () => {
    const open = await scraped(figures(), "openmetrics");
    expect(open.contentType).toBe("application/openmetrics-text; version=1.0.0; charset=utf-8");
    expect(open.text).toContain(
      '# TYPE caching_proxy_requests counter\ncaching_proxy_requests_total{outcome="hit"} 2\n',
    );
    expect(open.text).toEndWith("\n# EOF\n");
    expect(open.text).not.toContain("\n\n");
    expect(open.text).not.toMatch(/le="\d+"/);
    const names = parsePrometheus(open.text).map(({ name }) => name);
    expect(names).toEqual(families.map(({ name }) => name.replace(/_total$/, "")));
  });
});
