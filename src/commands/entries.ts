import { defineCommand, runCommand } from "citty";
import { entriesFlags } from "../config/entries-flags.ts";
import { resolveTarget, type Target } from "../config/target.ts";
import { type AdminAnswer, notOurs } from "./admin-client.ts";
import { catalog } from "./catalog.ts";
import { renderEntries } from "./entries-report.ts";
import { renderEntry } from "./entry-report.ts";
import { Failure } from "./failure.ts";
import { listAt, textAt } from "./json-shape.ts";
import { stated } from "./stated.ts";
import { columnsOf, isTerminal, print } from "./terminal.ts";
import { answered, wanted } from "./wanted.ts";

/** `caching-proxy entries` */
export const entries = (rawArgs: string[]) => runCommand(command, { rawArgs });

/** A thousand entries, each with a long URL. */
const LARGEST_ANSWER = 64 * 1024 * 1024;

const command = defineCommand({
  meta: { name: "entries", description: catalog.entries.summary },
  args: { ...entriesFlags, what: { type: "string" } },
  run: async ({ args }) => {
    const target = wanted(resolveTarget((await stated(entriesFlags, args)).given));
    const { what, prefix, sort, tag, state, limit, cursor } = args;
    if (what !== undefined && prefix !== undefined) {
      throw new Failure(2, "a URL and --prefix are two questions: leave out one of them");
    }
    const filters = Object.entries({ sort, tag, state, limit: limit ?? "50", cursor }).filter(
      (pair): pair is [string, string] => pair[1] !== undefined,
    );
    // A URL is one entry with all that there is to see; where nothing lies under it, it is what others begin with.
    const isOne = what !== undefined && filters.every(([name]) => name === "limit");
    const one = isOne ? await asked(target, new URLSearchParams({ url: what })) : undefined;
    if (one !== undefined && listAt(one.value, "entries").length > 0) {
      print((coloured) => (args.json === true ? whole(one.text) : renderEntry(one.value, coloured)));
      return;
    }
    const beginning = prefix ?? what ?? "/";
    const page = await asked(target, new URLSearchParams([["prefix", beginning], ...filters]));
    const columns = isTerminal(1) ? columnsOf(1) : undefined;
    print((coloured) => (args.json === true ? whole(page.text) : renderEntries(page.value, { columns, coloured })));
  },
});

/**
 * What the running proxy says.
 * @throws Failure
 */
async function asked(target: Target, query: URLSearchParams): Promise<Extract<AdminAnswer, { readonly ok: true }>> {
  const answer = await answered(target, "GET", `entries?${query}`, undefined, LARGEST_ANSWER);
  if (textAt(answer.value, "origin") === undefined) throw new Failure(1, notOurs(target));
  return answer;
}

function whole(text: string): string {
  return `${text.trimEnd()}\n`;
}
