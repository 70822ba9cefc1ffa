import type { Got } from "./client.ts";
import { BROKEN, GOOD } from "./origin-faults.ts";
import { type Seen, type Situation, told } from "./watch.ts";

const FIRST: readonly Situation[] = [
  "nothing stored",
  "who waits for it",
  "stale",
  "stale-if-error",
  "must-revalidate",
];
const SECOND: readonly Situation[] = ["HEAD", "Range", "If-None-Match", "POST"];

/** The tables of docs/faults.md, between their marks. */
export function tables(seen: readonly Seen[]): string {
  const cells = (situations: readonly Situation[], { got }: Seen): string[] =>
    situations.map((situation) => {
      const came = got.get(situation);
      return came === undefined ? "" : told(came);
    });
  const first = seen.map((each) => [
    each.fault,
    ...cells(FIRST, each),
    stored(each.storedAfter),
    stored(each.staleAfter),
  ]);
  const second = seen.map((each) => [each.fault, ...cells(SECOND, each), sent(each.posts), next(each)]);
  return [
    markdown(["the origin", ...FIRST, "stored then", "of what was stale"], first),
    markdown(["the origin", ...SECOND, "the POST was sent", "once it is over"], second),
  ].join("\n\n");
}

function stored({ status, content }: Got): string {
  if (status === 504) return "nothing";
  if (content === GOOD) return "the right answer";
  return content.startsWith(BROKEN) ? "what came, whole" : `${status}`;
}

function sent(posts: number | undefined): string {
  return posts === undefined ? "" : posts === 1 ? "once" : `${posts} times`;
}

function next({ next, nextOfStale }: Seen): string {
  const isRight = [next, nextOfStale].every(({ content, end }) => content === GOOD && end === "whole");
  return isRight ? "the next request" : `${next.status}, ${nextOfStale.status}`;
}

function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

const BEGIN = "<!-- tables: written by bun run faults:table -->";
const END = "<!-- end of the tables -->";

/** The page with these tables in the place of those that it has. */
export function pageWith(page: string, tables: string): string {
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (after === undefined) throw new Error(`docs/faults.md lacks the lines ${BEGIN} and ${END}`);
  return `${before}${BEGIN}\n\n${tables}\n\n${END}${after}`;
}

export const PAGE = new URL("../../docs/faults.md", import.meta.url).pathname;
