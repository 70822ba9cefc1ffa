import { styleText } from "node:util";
import { formatSpan } from "./entries-report.ts";
import { listAt, numberAt, textAt, valueAt } from "./json-shape.ts";
import { type Branch, drawTree } from "./tree.ts";

type Paint = (style: "bold" | "green" | "red" | "yellow" | "dim", text: string) => string;

/** Lays out as a tree what would be done with a request and why. What is lacking in the answer is left out. */
export function renderExplanation(answer: unknown, coloured: boolean): string {
  const paint: Paint = (style, text) => (coloured ? styleText(style, text, { validateStream: false }) : text);
  const branches = [
    keyOf(answer),
    storedOf(answer, paint),
    rulesOf(answer, paint),
    storingOf(answer, paint),
    nearestOf(answer),
    recentOf(answer),
    ...listAt(answer, "others").map((other) => workerOf(other, paint)),
    changesOf(answer, paint),
  ].filter((branch) => branch !== undefined);
  const worker = numberAt(answer, "worker");
  return [
    `${textAt(answer, "method") ?? ""} ${paint("bold", textAt(answer, "url") ?? "")}  ${headline(answer, paint)}`,
    ...listAt(answer, "headers").map((field) => `  ${textAt(field, "0") ?? ""}: ${textAt(field, "1") ?? ""}`),
    `${textAt(answer, "because") ?? ""}${worker === undefined ? "" : ` (worker ${worker})`}`,
    ...drawTree(branches),
    "",
  ].join("\n");
}

/** What X-Cache would say, as far as that is known before the origin is asked. */
function headline(answer: unknown, paint: Paint): string {
  const fwd = textAt(answer, "verdict", "fwd") ?? "";
  const detail = textAt(answer, "verdict", "detail");
  const reason = detail === undefined ? fwd : `${fwd}, ${detail}`;
  switch (textAt(answer, "verdict", "type")) {
    case "fresh":
      return paint("green", "HIT");
    case "stale":
      return paint("yellow", "STALE");
    case "validate":
      return paint("yellow", `validated (${reason})`);
    case "complete":
      return paint("yellow", "MISS (partial: what is lacking is fetched)");
    case "bypass":
      return paint("yellow", `BYPASS (${reason})`);
    case "gateway-timeout":
      return paint("red", "504 (only-if-cached)");
    case "answered":
      return paint(detail === "fixture" ? "green" : "yellow", `not asked of the cache (${detail ?? ""})`);
    default:
      return paint("red", `MISS (${reason})`);
  }
}

function keyOf(answer: unknown): Branch | undefined {
  const key = textAt(answer, "key", "key");
  if (key === undefined) return undefined;
  const base = textAt(answer, "key", "basePath");
  const fragment = textAt(answer, "key", "droppedFragment");
  const ignored = listAt(answer, "key", "ignored").map((parameter) => textAt([parameter], "0") ?? "");
  const asked = textAt(answer, "key", "asked");
  return {
    text: `key ${key}`,
    branches: [
      ...(asked === undefined || asked === key ? [] : [{ text: `asked for as ${asked}` }]),
      ...(base === undefined ? [] : [{ text: `${base} in front: the origin's base path` }]),
      ...(ignored.length === 0 ? [] : [{ text: `without ${ignored.join(", ")}: --ignore-query or a rule` }]),
      ...(fragment === undefined ? [] : [{ text: `without ${fragment}: no client sends a fragment` }]),
      ...(textAt(answer, "key", "order") === "sorted" ? [{ text: "its query sorted by name" }] : []),
      ...listAt(answer, "key", "shared").map((shared) => ({
        text: `also ${textAt(shared, "key") ?? ""} by No-Vary-Search: ${textAt(shared, "rule") ?? ""}`,
      })),
    ],
  };
}

function storedOf(answer: unknown, paint: Paint): Branch {
  const stored = listAt(answer, "stored");
  const text =
    stored.length === 0
      ? "stored: nothing"
      : `stored: ${stored.length === 1 ? "1 response" : `${stored.length} responses`}`;
  return { text, branches: stored.map((variant) => variantOf(variant, paint)) };
}

function variantOf(variant: unknown, paint: Paint): Branch {
  const isSelected = valueAt(variant, "selected") === true;
  const name = `${textAt(variant, "method") ?? ""} ${numberAt(variant, "status") ?? ""}`;
  const part = textAt(variant, "part");
  const age = numberAt(variant, "freshness", "ageSeconds") ?? 0;
  const lifetime = numberAt(variant, "freshness", "lifetimeSeconds") ?? 0;
  const left = numberAt(variant, "freshness", "remainingSeconds") ?? 0;
  const windows = (["staleWhileRevalidate", "staleIfError"] as const).flatMap((name) => {
    const seconds = numberAt(variant, "freshness", name, "seconds");
    const remaining = numberAt(variant, "freshness", name, "leftSeconds") ?? 0;
    const word = name === "staleIfError" ? "stale-if-error" : "stale-while-revalidate";
    return seconds === undefined
      ? []
      : [{ text: `${word}: ${formatSpan(seconds)}, ${formatSpan(remaining)} of it left` }];
  });
  const fits = textAt(variant, "fit");
  return {
    text: `${name}${part === undefined ? "" : ` ${part}`}, ${isSelected ? paint("green", "selected") : `not selected (${fits ?? ""})`}`,
    branches: [
      {
        text: `${formatSpan(age)} old, fresh for ${formatSpan(lifetime)}: ${
          left > 0 ? `${formatSpan(left)} left` : `stale since ${formatSpan(-left)}`
        }`,
      },
      { text: textAt(variant, "freshness", "says") ?? "" },
      ...windows,
      ...listAt(variant, "fields").map((field) => fieldOf(field, paint)),
      {
        text: `asked for as ${textAt(variant, "publicOrigin") ?? ""}, lies in ${textAt(variant, "tier") ?? "a store"}`,
      },
    ],
  };
}

function fieldOf(field: unknown, paint: Paint): Branch {
  const stored = textAt(field, "stored") ?? "absent";
  const name = textAt(field, "name") ?? "";
  if (valueAt(field, "matches") === true) return { text: `${paint("green", "✓")} ${name}: ${stored}` };
  return {
    text: `${paint("red", "✗")} ${name}: stored for ${stored}, asked with ${textAt(field, "asked") ?? "absent"}`,
  };
}

function rulesOf(answer: unknown, paint: Paint): Branch {
  return { text: "rules that were asked", branches: ruleLines(listAt(answer, "rules"), paint) };
}

function ruleLines(rules: readonly unknown[], paint: Paint): readonly Branch[] {
  const widest = Math.max(0, ...rules.map((rule) => (textAt(rule, "section") ?? "").length));
  return rules.map((rule) => {
    const mark = textAt(rule, "answer") === "yes" ? paint("green", "✓") : paint("red", "✗");
    const section = (textAt(rule, "section") ?? "").padEnd(widest);
    return { text: `${mark} ${paint("dim", section)}  ${words(textAt(rule, "rule"))}: ${textAt(rule, "input") ?? ""}` };
  });
}

/** Said only where it would not be stored: else there is nothing to wonder about. */
function storingOf(answer: unknown, paint: Paint): Branch | undefined {
  if (textAt(answer, "storing", "answer") !== "no") return undefined;
  const refusing = listAt(answer, "storing", "rules").filter((rule) => textAt(rule, "answer") === "no");
  const changes = refusing.flatMap((rule) => textAt(rule, "change") ?? []).map((text) => ({ text }));
  return {
    text: "an answer to this request as the one that is stored would not be stored",
    branches: [...ruleLines(refusing, paint), ...changes],
  };
}

function nearestOf(answer: unknown): Branch | undefined {
  const nearest = listAt(answer, "nearest");
  if (nearest.length === 0) return undefined;
  return {
    text: "nearest stored keys",
    branches: nearest.map((near) => {
      const differs = listAt(near, "differs").map(
        (one) => `${textAt(one, "name") ?? ""} (${textAt(one, "stored") ?? "absent"} is stored)`,
      );
      return { text: `${textAt(near, "key") ?? ""}  differs in ${differs.join(", ")}: ${outcomeOf(near)}` };
    }),
  };
}

function outcomeOf(near: unknown): string {
  const type = textAt(near, "verdict", "type");
  return type === "fresh" || type === "stale"
    ? "would be a hit"
    : type === "validate"
      ? "would be validated"
      : "no hit either";
}

function recentOf(answer: unknown): Branch | undefined {
  const seen = numberAt(answer, "recent", "seen") ?? 0;
  if (seen === 0) return undefined;
  const misses = numberAt(answer, "recent", "misses") ?? 0;
  const says = textAt(answer, "recent", "notStored", "says");
  const times = numberAt(answer, "recent", "notStored", "times") ?? 1;
  const section = textAt(answer, "recent", "notStored", "section") ?? "";
  const notStored =
    says === undefined
      ? []
      : [{ text: `not stored, ${times === 1 ? "once" : `${times} times`}: ${says} (${section})` }];
  return { text: `the last ${seen} of this path: ${misses} with nothing stored`, branches: notStored };
}

function workerOf(other: unknown, paint: Paint): Branch {
  const worker = numberAt(other, "worker");
  return {
    text: `worker ${worker ?? "?"}: ${headline(other, paint)}`,
    branches: [{ text: textAt(other, "because") ?? "" }],
  };
}

function changesOf(answer: unknown, paint: Paint): Branch | undefined {
  const changes = listAt(answer, "changes").flatMap((change) => textAt([change], "0") ?? []);
  if (changes.length === 0) return undefined;
  return { text: paint("bold", "what would change it"), branches: changes.map((text) => ({ text })) };
}

/** A rule's name as words. */
function words(rule: string | undefined): string {
  return (rule ?? "")
    .replace(/-/g, " ")
    .replace("stale while revalidate", "stale-while-revalidate")
    .replace("max stale", "max-stale");
}
