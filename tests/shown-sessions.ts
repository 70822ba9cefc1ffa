/** A file that a page has its reader write, or a command with what it prints. */
export type Step =
  | { readonly type: "file"; readonly name: string; readonly text: string }
  | { readonly type: "command"; readonly line: string; readonly printed: string };

/** What a page has its reader do, from an empty folder on. */
export type Session = { readonly title: string; readonly steps: readonly Step[] };

/**
 * The sessions of a page: blocks of `console` are commands (`$ `, continued by `> `) with what they print, and a name behind a block's
 * language (`yaml caching-proxy.config.yaml`) makes it a file. A part of the page (`## `) goes on with what the one before it left, unless
 * it starts an origin.
 */
export function sessionsOf(page: string): readonly Session[] {
  const sessions: { title: string; steps: Step[] }[] = [{ title: "", steps: [] }];
  for (const part of page.split(/^(?=## )/m)) {
    const title = /^## (.*)$/m.exec(part)?.[1] ?? "the beginning";
    const steps = stepsOf(part);
    if (steps.some((step) => step.type === "command" && step.line.startsWith("bun examples/")))
      sessions.push({ title, steps });
    else sessions.at(-1)?.steps.push(...steps);
  }
  return sessions.filter(({ steps }) => steps.some(({ type }) => type === "command"));
}

function stepsOf(part: string): Step[] {
  return [...part.matchAll(/^```(\w*)(?: (\S+))?\n([\s\S]*?)^```$/gm)].flatMap(
    ([, kind, name, text = ""]): readonly Step[] => {
      if (name !== undefined) return [{ type: "file", name, text }];
      return kind === "console" ? commandsOf(text) : [];
    },
  );
}

function commandsOf(text: string): readonly Step[] {
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((example) => {
      const lines = example.split("\n");
      const end = lines.findIndex((line, i) => i > 0 && !line.startsWith("> "));
      const [first = "", ...rest] = lines.slice(0, end);
      return {
        type: "command",
        line: [first, ...rest.map((line) => line.slice(2))].join("\n"),
        printed: lines.slice(end).join("\n").trimEnd(),
      };
    });
}

/** Seconds that go by while a page is read: `ttl=59`, `Age: 1`, `fresh for 1m0s`. */
const SECONDS = /(?<=ttl=|^age: |retry-after: )-?\d+|\b(?:\d+m)?\d+s\b/gim;
/** What stands around a number of seconds in a steady text. */
const MARK = "\u0001";

/** A text without what is another in each run: dates, times of day, what was measured, versions; seconds as a number between marks. */
function steady(text: string): string {
  return text
    .trimEnd()
    .replaceAll(/\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT|\d{4}-\d\d-\d\d[T ][\d:.]+Z?|\b\d\d:\d\d:\d\d\b/g, "<time>")
    .replaceAll(/(?<=^caching-proxy )\d+\.\d+\.\d+/gm, "<version>")
    .replaceAll(/\b[\d.]+ ?ms\b/g, "<ms>")
    .replaceAll(/\b\d+\.\d s\b/g, "<s>")
    .replaceAll(SECONDS, (written) => MARK + inSeconds(written) + MARK)
    .replaceAll(/ {2,}/g, "  ");
}

function inSeconds(written: string): number {
  const [, minutes = "0", seconds = ""] = /^(?:(\d+)m)?(-?\d+)s?$/.exec(written) ?? [];
  return 60 * Number(minutes) + Number(seconds);
}

/**
 * Whether a page shows what was printed; `…` stands for whatever it leaves out.
 * @param slack by how many seconds times may differ, which is how long it took to come here
 */
export function isShown(shown: string, printed: string, slack: number): boolean {
  const wanted: number[] = [];
  const pattern = steady(shown)
    .split(new RegExp(`${MARK}(-?\\d+)${MARK}`))
    .map((part, i) => {
      if (i % 2 === 0)
        return part
          .split("…")
          .map((text) => RegExp.escape(text))
          .join("[^]*?");
      wanted.push(Number(part));
      return `${MARK}(-?\\d+)${MARK}`;
    });
  const found = new RegExp(`^${pattern.join("")}$`).exec(steady(printed));
  return found?.slice(1).every((seconds, i) => Math.abs(Number(seconds) - (wanted[i] ?? 0)) <= slack) ?? false;
}
