import { defineCommand, runCommand } from "citty";
import { statsFlags } from "../config/flags.ts";
import { resolveTarget } from "../config/target.ts";
import { notOurs } from "./admin-client.ts";
import { catalog } from "./catalog.ts";
import { Failure } from "./failure.ts";
import { textAt } from "./json-shape.ts";
import { stated } from "./stated.ts";
import { renderStats } from "./stats-report.ts";
import { print } from "./terminal.ts";
import { answered, wanted } from "./wanted.ts";

/** `caching-proxy stats` */
export const stats = (rawArgs: string[]) => runCommand(command, { rawArgs });

const command = defineCommand({
  meta: { name: "stats", description: catalog.stats.summary },
  args: statsFlags,
  run: async ({ args }) => {
    const target = wanted(resolveTarget((await stated(statsFlags, args)).given));
    const answer = await answered(target, "GET", "stats");
    if (textAt(answer.value, "name") !== "caching-proxy") throw new Failure(1, notOurs(target));
    print(() => (args.json === true ? `${answer.text.trimEnd()}\n` : renderStats(answer.value)));
  },
});
