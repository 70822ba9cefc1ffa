import { defineCommand, runCommand } from "citty";
import { gather } from "../config/given.ts";
import { purgeFlags } from "../config/purge-flags.ts";
import { resolveTarget } from "../config/target.ts";
import { notOurs } from "./admin-client.ts";
import { valuesOf } from "./arguments.ts";
import { catalog } from "./catalog.ts";
import { entryOrEntries } from "./counts.ts";
import { Failure } from "./failure.ts";
import { numberAt } from "./json-shape.ts";
import { print } from "./terminal.ts";
import { answered, wanted } from "./wanted.ts";

/** `caching-proxy purge` */
export const purge = (rawArgs: string[]) => runCommand(command, { rawArgs });

const command = defineCommand({
  meta: { name: "purge", description: catalog.purge.summary },
  args: purgeFlags,
  run: async ({ args, rawArgs }) => {
    const target = wanted(resolveTarget(gather(purgeFlags, args, process.env)));
    const wishes = wishesOf(rawArgs, args.all === true);
    let purged = 0;
    for (const wish of wishes) {
      const answer = await answered(target, "POST", "purge", { ...wish, soft: args.soft === true });
      const count = numberAt(answer.value, "purged");
      if (count === undefined) throw new Failure(1, notOurs(target));
      purged += count;
    }
    const how = args.soft === true ? "soft" : "hard";
    print(() => (args.json === true ? `${JSON.stringify({ purged, how })}\n` : `${said(purged, how)}\n`));
  },
});

/** What the endpoint is to be told, one thing at a time; all tags at once, so that what has several counts once. */
function wishesOf(rawArgs: readonly string[], all: boolean): readonly Readonly<Record<string, unknown>>[] {
  const given = (name: string): readonly string[] => valuesOf(rawArgs, name);
  const tags = given("tag");
  const wishes = [
    ...given("url").map((url) => ({ url })),
    ...given("prefix").map((prefix) => ({ prefix })),
    ...given("pattern").map((pattern) => ({ pattern })),
    ...(tags.length === 0 ? [] : [{ tags }]),
  ];
  if (all && wishes.length > 0) throw new Failure(2, "--all is everything: leave out what else is to be purged");
  if (all) return [{ everything: true }];
  if (wishes.length > 0) return wishes;
  throw new Failure(2, "nothing to purge is named: pass a URL or path, --prefix, --pattern, --tag or --all");
}

function said(count: number, how: "hard" | "soft"): string {
  const entries = entryOrEntries(count);
  return how === "hard" ? `purged ${count} ${entries}` : `marked ${count} ${entries} stale`;
}
