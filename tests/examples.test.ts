import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { scraped } from "../src/observe/scraped.ts";
import { figures } from "./observe/figures.ts";
import { parsePrometheus } from "./observe/prometheus-text.ts";

const folder = join(import.meta.dir, "../examples/grafana");

type Panel = {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: Readonly<Record<"x" | "y" | "w" | "h", number>>;
  readonly targets?: readonly { readonly expr: string }[];
};

type Dashboard = {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly definition: string }[] };
};

describe("the dashboard for Grafana", async () => {
  const dashboard: Dashboard = await Bun.file(join(folder, "dashboard.json")).json();
  const { panels, templating } = dashboard;
  const queries = [
    ...panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
    ...templating.list.map(({ definition }) => definition),
  ];
  const series = parsePrometheus((await scraped(figures(), "prometheus")).text).flatMap((family) => family.series);
  /** Prometheus gives them to whatever it scrapes. */
  const OF_ALL = ["job", "instance"];

  test.each(queries)("%s asks for what there is", (query) => {
    const names: readonly string[] = query.match(/\b(?:caching_proxy|process)_\w+/g) ?? [];
    expect(names.length).toBeGreaterThan(0);
    const asked = series.filter(({ name }) => names.includes(name));
    expect(names.filter((name) => !asked.some((one) => one.name === name))).toEqual([]);
    const matched = [...query.matchAll(/(\w+)=~?"/g)].map(([, label]) => label ?? "");
    const grouped = [...query.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list]) => list?.split(", ") ?? []);
    const known = new Set([...OF_ALL, ...asked.flatMap((one) => Object.keys(one.labels))]);
    expect([...matched, ...grouped].filter((label) => !known.has(label))).toEqual([]);
    for (const [, label, value] of query.matchAll(/(\w+)="(\w+)"/g)) {
      expect(asked.filter(({ labels }) => labels[label ?? ""] === value)).not.toEqual([]);
    }
  });

  test("its panels have a place each", () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const taken = new Set<string>();
    for (const { gridPos, title } of panels) {
      const { x, y, w, h } = gridPos;
      expect([title, x + w <= 24]).toEqual([title, true]);
      for (let column = x; column < x + w; column++) {
        for (let line = y; line < y + h; line++) {
          expect([title, taken.has(`${column},${line}`)]).toEqual([title, false]);
          taken.add(`${column},${line}`);
        }
      }
    }
  });
});

test("Prometheus is told the path where the metrics are", async () => {
  const config: unknown = Bun.YAML.parse(await Bun.file(join(folder, "prometheus.yml")).text());
  expect(config).toMatchObject({
    scrape_configs: [{ metrics_path: "/__admin/metrics", static_configs: [{ targets: ["localhost:3000"] }] }],
  });
});

test("docs/metrics.md has each metric, and no other", async () => {
  const text = await Bun.file(join(import.meta.dir, "../docs/metrics.md")).text();
  const rows = text.split("\n").filter((line) => line.startsWith("| `"));
  const documented = rows.flatMap((row) => row.split(" | ")[0]?.match(/\b(?:caching_proxy|process)_\w+/g) ?? []);
  const families = parsePrometheus((await scraped(figures(), "prometheus")).text);
  expect([...documented].sort()).toEqual(families.map(({ name }) => name).sort());
});
