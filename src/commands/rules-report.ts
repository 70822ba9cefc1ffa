import { styleText } from "node:util";
import type { ConfigFile } from "../config/file.ts";
import type { Asked } from "../rules/match.ts";
import { RuleSet } from "../rules/rule-set.ts";
import { propertiesOf, shownProperties } from "../rules/shown.ts";
import { listAt, valueAt } from "./json-shape.ts";

/** What counts for a request, property by property, with the rule that says it. */
export type RulesReport = {
  readonly config: string;
  readonly method: string;
  readonly url: string;
  /** Those that are about the request, by their places. */
  readonly rules: readonly string[];
  readonly properties: readonly {
    readonly property: string;
    /** As it was written; credentials are hidden. */
    readonly value: unknown;
    readonly rule: string;
    /** Others that have it too and are behind. */
    readonly also: readonly string[];
  }[];
};

/** Finds out what rules say of a request. */
export function rulesReport(file: ConfigFile, asked: Asked): RulesReport {
  const { rules } = new RuleSet(file.rules).for(asked);
  return {
    ...{ config: file.name, method: asked.method, url: asked.url.href, rules: rules.map(({ place }) => place) },
    properties: shownProperties(rules).map(({ property, place, also, secret }) => {
      const said = writtenAt(file, place, property);
      const written = property === "then" && said === null ? "no scenario" : said;
      return { property, value: secret && written !== null ? HIDDEN : written, rule: place, also };
    }),
  };
}

/** Lays it out for a person. */
export function renderReport({ config, method, url, rules, properties }: RulesReport, coloured: boolean): string {
  if (rules.length === 0) return `no rule of ${config} is about ${method} ${url}\n`;
  const title = coloured ? styleText("bold", `${method} ${url}`, { validateStream: false }) : `${method} ${url}`;
  const rows = properties.map(({ property, value, rule, also }) => [
    property,
    shown(value),
    also.length === 0 ? rule : `${rule} (before ${also.join(", ")})`,
  ]);
  return `${title}\n${aligned(rows)}`;
}

/** All rules of a file, without what they say. */
export function rulesList(file: ConfigFile) {
  const rules = file.rules.map((rule) => ({
    rule: rule.place,
    match: valueAt(ruleAt(file, rule.place), "match") ?? "*",
    ...(rule.scenario === undefined ? {} : { scenario: rule.scenario }),
    properties: propertiesOf(rule),
  }));
  return { config: file.name, rules };
}

/** Lays all rules out, one a line. */
export function renderRules({ config, rules }: ReturnType<typeof rulesList>): string {
  if (rules.length === 0) return `${config} has no rules\n`;
  return aligned(
    rules.map(({ rule, match, scenario, properties }) => [
      rule,
      shown(match),
      [...(scenario === undefined ? [] : [`scenario ${scenario}`]), ...properties].join(", "),
    ]),
  );
}

const HIDDEN = "***";
const LONGEST = 60;

/** In as many characters as a table has room for. */
export function shown(value: unknown): string {
  const text = value === null ? "taken away" : typeof value === "string" ? value : JSON.stringify(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

/** Rows as lines, their columns below each other. */
export function aligned(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) => row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join("  "));
  return lines.map((line) => `  ${line.trimEnd()}\n`).join("");
}

function ruleAt({ content }: ConfigFile, place: string): unknown {
  return listAt(content, "rules")[Number(/\d+/.exec(place)?.[0])];
}

/** What a person has written for a property; names of fields know no case. */
function writtenAt(file: ConfigFile, place: string, property: string): unknown {
  const [, fields, name] = /^(re\w+\.headers)\.(.*)$/.exec(property) ?? [];
  if (fields === undefined) return valueAt(ruleAt(file, place), ...property.split("."));
  const written = valueAt(ruleAt(file, place), ...fields.split("."));
  return Object.entries(written ?? {}).find(([each]) => each.toLowerCase() === name)?.[1];
}
