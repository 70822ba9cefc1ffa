/** One line of numbers. */
export type Series = {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
};

/** A metric as it is printed: its lines are those between its HELP and the next one's. */
export type Family = {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly series: readonly Series[];
};

/**
 * Reads Prometheus' text format, strictly: what is no line of it is an error.
 * @throws Error
 */
export function parsePrometheus(text: string): readonly Family[] {
  if (!text.endsWith("\n")) throw new Error("The last line does not end.");
  const families: (Family & { series: Series[] })[] = [];
  const lines = text.split("\n").filter((line) => line !== "" && line !== "# EOF");
  for (const [i, line] of lines.entries()) {
    const [, name = "", help = ""] = /^# HELP ([a-z_]+) (.+)$/.exec(line) ?? [];
    if (name !== "") {
      const type = new RegExp(`^# TYPE ${name} (counter|gauge|histogram)$`).exec(lines[i + 1] ?? "")?.[1];
      if (type === undefined) throw new Error(`No TYPE behind ${line}`);
      families.push({ name, help, type, series: [] });
    } else if (!line.startsWith("# TYPE ")) families.at(-1)?.series.push(parseSeries(line));
  }
  return families;
}

function parseSeries(line: string): Series {
  const parts = /^([a-zA-Z_][a-zA-Z0-9_]*)(?:\{(.*)\})? (-?[0-9.]+(?:e[+-]?\d+)?)$/.exec(line);
  if (parts === null) throw new Error(`This is no line of numbers: ${line}`);
  const [, name = "", written = "", value] = parts;
  const labels = [...written.matchAll(/([a-z_]+)="((?:[^"\\]|\\.)*)"(?:,|$)/g)];
  if (labels.map(([text]) => text).join("") !== written) throw new Error(`These are no labels: ${written}`);
  return {
    name,
    labels: Object.fromEntries(labels.map(([, key = "", text = ""]) => [key, text])),
    value: Number(value),
  };
}

/** What `promtool check metrics` would find fault with, and what makes a histogram none. */
export function lint(families: readonly Family[]): readonly string[] {
  const names = families.map(({ name }) => name);
  return [
    ...names.filter((name, i) => names.indexOf(name) !== i).map((name) => `${name} stands there twice`),
    ...families.flatMap((family) => faultsOf(family).map((fault) => `${family.name} ${fault}`)),
  ];
}

function faultsOf({ name, help, type, series }: Family): readonly string[] {
  const ids = series.map((one) => one.name + JSON.stringify(one.labels));
  const labels = new Set(series.flatMap((one) => Object.keys(one.labels)));
  const faults: readonly (readonly [boolean, string])[] = [
    [!/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(name), "is not in snake case"],
    [!/^(caching_proxy|process)_/.test(name), "has no prefix that says whose it is"],
    [!help.endsWith("."), "has no sentence as its help"],
    [(type === "counter") !== name.endsWith("_total"), "is a counter without _total, or _total and no counter"],
    [/_(count|sum|bucket)$/.test(name), "has a suffix that is a histogram's"],
    [/_(ms|milliseconds|minutes|kb|mb|kilobytes|percent)(_|$)/.test(name), "is not in base units"],
    [/_(counter|gauge|histogram)(_|$)/.test(name), "has its type in its name"],
    [series.length === 0, "has no series"],
    [new Set(ids).size !== ids.length, "has a series twice"],
    [type !== "histogram" && (labels.has("le") || series.some((one) => one.name !== name)), "has lines of another"],
    [series.some(({ value }) => !Number.isFinite(value) || value < 0), "has a value below zero, or none"],
  ];
  return [
    ...faults.flatMap(([is, fault]) => (is ? [fault] : [])),
    ...(type === "histogram" ? faultsOfHistogram(name, series) : []),
  ];
}

function faultsOfHistogram(name: string, series: readonly Series[]): readonly string[] {
  const groups = Map.groupBy(series, ({ labels: { le: _, ...others } }) => JSON.stringify(others));
  return [...groups].flatMap(([labels, lines]) => {
    const buckets = lines.filter((line) => line.name === `${name}_bucket`);
    const bounds = buckets.map(({ labels: { le = "" } }) => (le === "+Inf" ? Number.POSITIVE_INFINITY : Number(le)));
    const ascending = (row: readonly number[]): boolean => row.every((x, i) => i === 0 || x >= (row[i - 1] ?? x));
    const [sum, count] = ["sum", "count"].map((part) => lines.filter((line) => line.name === `${name}_${part}`));
    const faults: readonly (readonly [boolean, string])[] = [
      [!ascending(bounds) || new Set(bounds).size !== bounds.length, "bounds do not ascend"],
      [bounds.at(-1) !== Number.POSITIVE_INFINITY, "the last bucket is not +Inf"],
      [!ascending(buckets.map(({ value }) => value)), "buckets do not cumulate"],
      [sum?.length !== 1 || count?.length !== 1, "sum or count is missing"],
      [count?.[0]?.value !== buckets.at(-1)?.value, "+Inf is not the count"],
    ];
    return faults.flatMap(([is, fault]) => (is ? [`${labels}: ${fault}`] : []));
  });
}
