/** Pure: the parts of the documentation that are written from runs. */

import { type Answers, answerOf } from "./answers.ts";
import { counted, type Peer, reported, together, total } from "./peers.ts";
import { Fixable } from "./suite.ts";
import { type Entry, isPass, type Known } from "./verdict.ts";

/** What one run of ours came to. */
export interface Run {
  readonly date: string;
  readonly version: string;
  readonly entries: readonly Entry[];
}

/** The peers' results and the day when they were published. */
export interface Published {
  readonly date: string;
  readonly peers: readonly Peer[];
}

/** The table for the README: what we pass and what the others do. */
export function shortTable({ date: day, peers }: Published, ours: Run): string {
  const all = total(ours.entries);
  const us = reported(ours.entries);
  return table(
    ["", `required, of ${all.required}`, `optimal, of ${all.optimal}`, "date"],
    [
      ["**caching-proxy**", `**${us.required}**`, `**${us.optimal}**`, ours.date],
      ...peers.map(({ name, version, entries }) => {
        const { required, optimal } = reported(entries);
        return [withVersion(name, version), required, optimal, day];
      }),
    ],
  );
}

/** The table for docs/conformance.md; without a run of ours it has the peers alone. */
export function longTable({ peers }: Published, ours: Run | undefined): string {
  const all = total(peers[0]?.entries ?? []);
  const union = together(peers);
  return table(
    [
      "",
      `required, of ${all.required}`,
      `optimal, of ${all.optimal}`,
      `yes, of ${all.check}`,
      "required, with dependencies",
      "optimal, with dependencies",
    ],
    [
      ...(ours === undefined ? [] : [countsRow(`**caching-proxy ${ours.version}**`, ours.entries)]),
      ...peers.map(({ name, version, entries }) => countsRow(withVersion(name, version), entries)),
      [`at least one of the ${peers.length}`, union.required, union.optimal, "", "", ""],
    ],
  );
}

function countsRow(name: string, entries: readonly Entry[]): Cell[] {
  const alone = reported(entries);
  const linked = counted(entries);
  return [name, alone.required, alone.optimal, alone.check, linked.required, linked.optimal];
}

/** A version that is a date is when a service was asked, and said by the column of dates already. */
function withVersion(name: string, version: string): string {
  return version === "" || /^\d{4}-/.test(version) ? name : `${name} ${version}`;
}

/** One line for the generation that CI runs. */
export function totalsLine({ date, entries }: Run): string {
  const all = total(entries);
  const us = counted(entries);
  return `${us.required} of ${all.required} required, ${us.optimal} of ${all.optimal} optimal, ${us.check} of ${all.check} questions answered with yes (${date}).`;
}

/** What we don't pass, by reason. */
export function failures(entries: readonly Entry[], known: Known): string {
  const failing = entries.filter(({ kind, outcome }) => kind !== "check" && !isPass(outcome));
  const byReason = Map.groupBy(failing, ({ id }) => {
    const reason = known[id];
    if (reason === undefined) throw new Fixable(`${id} fails and is not listed in known-failures.json.`);
    return reason;
  });
  return table(
    ["tests", "why not"],
    [...byReason].map(([reason, group]) => [
      group.map(({ id, kind }) => `\`${id}\`${kind === "required" ? " (required)" : ""}`).join(", "),
      reason,
    ]),
  );
}

/**
 * The questions with our answers, by chapter.
 * @param ids which of them
 * @param peers to be counted beside our answer; none leave the column out
 */
export function questions(
  entries: readonly Entry[],
  ids: ReadonlySet<string>,
  answers: Answers,
  peers: readonly Peer[],
): string {
  const saysYes = (id: string): number =>
    peers.filter(({ entries }) => entries.some((entry) => entry.id === id && entry.reported)).length;
  const asked = entries.filter(({ kind, id }) => kind === "check" && ids.has(id));
  return [...Map.groupBy(asked, ({ chapter }) => chapter)]
    .map(([chapter, group]) => {
      const rows = group.map(({ id, name, outcome }): Cell[] => {
        const recorded = answers[id];
        if (recorded === undefined || recorded.answer !== answerOf(outcome)) {
          throw new Fixable(`${id} was answered otherwise than check-answers.json has it.`);
        }
        const others = peers.length === 0 ? [] : [`${saysYes(id)} of ${peers.length}`];
        return [`\`${id}\``, name, `**${recorded.answer}**`, ...others, recorded.why];
      });
      const head = ["test", "question", "we", ...(peers.length === 0 ? [] : ["others: yes"]), "why"];
      return `### ${chapter}\n\n${table(head, rows)}`;
    })
    .join("\n\n");
}

/** The questions that the older generation asks and the current one does not, or that are answered differently there. */
export function onlyOlder(older: Answers, current: Answers): ReadonlySet<string> {
  const differs = ([id, { answer, why }]: [string, { answer: string; why: string }]): boolean =>
    current[id]?.answer !== answer || current[id].why !== why;
  return new Set(
    Object.entries(older)
      .filter(differs)
      .map(([id]) => id),
  );
}

type Cell = string | number;

function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const line = (cells: readonly Cell[]): string =>
    `| ${cells.map((cell) => String(cell).replaceAll(/\\?\|/g, "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/**
 * Puts text between `<!-- NAME: … -->` and `<!-- /NAME -->`.
 * @param name which of a document's parts
 */
export function withPart(document: string, name: string, text: string): string {
  const pattern = new RegExp(`(<!-- ${name}: [^>]*-->\\n)[\\s\\S]*?(\\n<!-- /${name} -->)`);
  if (!pattern.test(document)) throw new Fixable(`The document has no part "${name}".`);
  return document.replace(pattern, (_, begin: string, end: string) => `${begin}\n${text}\n${end}`);
}

/** What stands in a part. */
export function partOf(document: string, name: string): string {
  const found = new RegExp(`<!-- ${name}: [^>]*-->\\n([\\s\\S]*?)\\n<!-- /${name} -->`).exec(document);
  if (found?.[1] === undefined) throw new Fixable(`The document has no part "${name}".`);
  return found[1].trim();
}
