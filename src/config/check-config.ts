import * as v from "valibot";
import type { Rule } from "../rules/rule.ts";
import { settingOf } from "./flag-names.ts";
import type { Flags } from "./flags.ts";
import type { WrittenOriginSetting } from "./origins.ts";
import { origins } from "./origins-schema.ts";
import { accept, type Parsed, refuse } from "./parsed.ts";
import { rule } from "./rule-schema.ts";
import { list, shape, whole } from "./schema.ts";

/** A config file as it was checked: settings are still texts, which are read together with those of other sources. */
export type CheckedConfig = {
  /** By the names of their flags. */
  readonly settings: ReadonlyMap<string, string>;
  readonly rules: readonly Rule[];
  readonly seed: number | undefined;
  /** What is said of origins; undefined where nothing is. */
  readonly origins?: readonly WrittenOriginSetting[] | undefined;
};

/** More of them would bury the first. */
const MOST_SHOWN = 5;

/**
 * Checks what a config file holds.
 * @param name what a person calls the file
 * @returns a sentence, a line for each thing that is wrong, with its path, its value and what is allowed
 */
export function checkConfig(flags: Flags, content: unknown, name: string): Parsed<CheckedConfig> {
  if (content === null || content === undefined) return accept({ settings: new Map(), rules: [], seed: undefined });
  if (Array.isArray(content)) return refuse(`${name} is a list: write an object with settings and rules`);
  const schema = shape({
    ...settingsOf(flags),
    $schema: v.optional(v.string("is not a text")),
    seed: v.optional(whole(0, Number.MAX_SAFE_INTEGER)),
    rules: v.optional(list(rule, "rules"), []),
    origins: v.optional(origins),
  });
  const checked = v.safeParse(schema, content);
  if (!checked.success) return refuse(sentences(checked.issues, name));
  const { output } = checked;
  const { seed, origins: places } = output;
  return accept({ settings: said(flags, output), rules: placed(output.rules), seed, origins: places });
}

/**
 * Checks settings beside which nothing else stands.
 * @param name what a person calls them
 * @returns their texts by the names of their flags, or sentences as of a config file
 */
export function checkSettings(flags: Flags, content: object, name: string): Parsed<CheckedConfig["settings"]> {
  const checked = v.safeParse(shape(settingsOf(flags)), content);
  return checked.success ? accept(said(flags, checked.output)) : refuse(sentences(checked.issues, name));
}

/** What a config file has of flags, by their names there. */
function settingsOf(flags: Flags) {
  return Object.fromEntries(
    Object.entries(flags)
      .filter(([flag, { action }]) => action === undefined && flag !== "config")
      .map(([flag, of]) => [settingOf(flag), v.optional(setting(of))]),
  );
}

function said(flags: Flags, output: Readonly<Record<string, unknown>>): CheckedConfig["settings"] {
  const flagOf = new Map(Object.keys(flags).map((flag) => [settingOf(flag), flag]));
  return new Map(
    Object.entries(output).flatMap(([name, value]): [string, string][] => {
      const flag = flagOf.get(name);
      return flag === undefined || value === undefined ? [] : [[flag, String(value)]];
    }),
  );
}

/**
 * Checks rules that came in another way than by a config file.
 * @param from what a person calls where they came from
 */
export function checkRules(written: unknown, from: string): Parsed<readonly Rule[]> {
  const checked = v.safeParse(shape({ rules: list(rule, "rules") }), { rules: written });
  return checked.success ? accept(placed(checked.output.rules)) : refuse(sentences(checked.issues, from));
}

function placed(rules: readonly Omit<Rule, "place">[]): readonly Rule[] {
  return rules.map((each, i) => ({ ...each, place: `rules[${i}]` }));
}

/**
 * Checks one rule that stands alone.
 * @param name what a person calls it, for sentences and as its place
 */
export function checkRule(content: unknown, name: string): Parsed<Rule> {
  const checked = v.safeParse(rule, content);
  return checked.success ? accept({ ...checked.output, place: name }) : refuse(sentences(checked.issues, name));
}

/** Of what type a setting has to be; what it says is read with the flags. */
function setting({
  type,
  list: isList,
}: Flags[string]): v.GenericSchema<unknown, string | number | boolean | string[]> {
  if (type === "boolean") return v.boolean("is not true or false");
  const value = v.union([v.string(), v.number()], "is not a text");
  return isList ? v.lazy((given) => (Array.isArray(given) ? list(v.string("is not a text"), "texts") : value)) : value;
}

function sentences(issues: readonly v.BaseIssue<unknown>[], name: string): string {
  const lines = issues.slice(0, MOST_SHOWN).map((issue) => sentence(issue, name));
  const more = issues.length - lines.length;
  return [...lines, ...(more > 0 ? [`and ${more} more in ${name}`] : [])].join("\n");
}

function sentence(issue: v.BaseIssue<unknown>, name: string): string {
  const path = withoutCredentials(pathOf(issue));
  // Of what has no name or no value only that is to be said.
  const isNameless = issue.expected === "never" || issue.received === "undefined";
  const value = isNameless || isSecret(path) ? "" : ` ${shown(issue.input)}`;
  return path === "" ? `${name} ${issue.message}` : `${path}${value} in ${name} ${issue.message}`;
}

function pathOf({ path }: v.BaseIssue<unknown>): string {
  return (path ?? []).reduce((before, { key }) => {
    if (typeof key === "number") return `${before}[${key}]`;
    const name = String(key);
    if (!/^[\w$]+$/.test(name)) return `${before}[${JSON.stringify(name)}]`;
    return before === "" ? name : `${before}.${name}`;
  }, "");
}

function isSecret(path: string): boolean {
  return /^(?:adminToken|store|originAuth|origins(?:\[".*"\])?)$|\.auth$|\.headers\b/.test(path);
}

const LONGEST_SHOWN = 60;

function shown(value: unknown): string {
  const text = withoutCredentials(asText(value));
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
}

/** A URL may stand where a name belongs, too. */
function withoutCredentials(text: string): string {
  return text.replace(/\/\/[^/"]*@/g, "//***@");
}

function asText(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    // JSON has none for what a module may hold as well: a bigint, or what holds itself.
    return String(value);
  }
}
