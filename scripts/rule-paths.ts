import type * as v from "valibot";
import { rule } from "../src/config/rule-schema.ts";

/** What a schema that looks at a value first is asked with, so that it shows each of its faces. */
const SAMPLES: readonly unknown[] = ["", "recorded", true, {}, { median: "" }, { type: "status" }];

/**
 * What a rule of a config file can say, as the schema has it that checks them: each path (`key.ignore`) with the words that are
 * allowed there, in the schema's order.
 */
export function rulePaths(): ReadonlyMap<string, ReadonlySet<string>> {
  const paths = new Map<string, Set<string>>();
  walk(rule, "", paths);
  return paths;
}

function walk(schema: v.GenericSchema, path: string, paths: Map<string, Set<string>>): void {
  if ("getter" in schema && typeof schema.getter === "function") {
    for (const sample of SAMPLES) walkAny(schema.getter(sample), path, paths);
  }
  if ("wrapped" in schema) walkAny(schema.wrapped, path, paths);
  // A text stands for what an object says more of.
  const words = paths.get(path);
  if (schema.type === "literal" && "literal" in schema) words?.add(String(schema.literal));
  if (schema.type === "picklist" && "options" in schema && Array.isArray(schema.options)) {
    for (const option of schema.options) words?.add(String(option));
  }
  if ("entries" in schema && typeof schema.entries === "object" && schema.entries !== null) {
    for (const [name, member] of Object.entries(schema.entries)) {
      const longer = path === "" ? name : `${path}.${name}`;
      if (!paths.has(longer)) paths.set(longer, new Set());
      walkAny(member, longer, paths);
    }
  }
}

function walkAny(schema: unknown, path: string, paths: Map<string, Set<string>>): void {
  if (isSchema(schema)) walk(schema, path, paths);
}

function isSchema(value: unknown): value is v.GenericSchema {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "schema";
}
