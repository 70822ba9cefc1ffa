import { defineCommand, runCommand } from "citty";
import { statsFlags } from "../config/flags.ts";
import { gather } from "../config/given.ts";
import { resolveTarget } from "../config/target.ts";
import { askAdmin, notOurs } from "./admin-client.ts";
import { catalog } from "./catalog.ts";
import { Failure } from "./failure.ts";
import { textAt } from "./json-shape.ts";
import { renderStats } from "./stats-report.ts";
import { print } from "./terminal.ts";

/** `caching-proxy stats` */
export const stats = (rawArgs: string[]) => runCommand(command, { rawArgs });

const command = defineCommand({
  meta: { name: "stats", description: catalog.stats.summary },
  args: statsFlags,
  run: async ({ args }) => {
    const target = resolveTarget(gather(statsFlags, args, process.env));
    if (!target.ok) throw new Failure(2, target.message);
    const answer = await askAdmin(target.value, "GET", "stats");
    if (!answer.ok) throw new Failure(1, answer.message);
    if (textAt(answer.value, "name") !== "caching-proxy") throw new Failure(1, notOurs(target.value));
    print(() => (args.json === true ? `${answer.text.trimEnd()}\n` : renderStats(answer.value)));
  },
});
