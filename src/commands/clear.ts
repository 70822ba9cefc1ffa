import { defineCommand, runCommand } from "citty";
import { clearFlags } from "../config/flags.ts";
import { type Given, gather } from "../config/given.ts";
import { resolveTarget } from "../config/target.ts";
import { askAdmin, notOurs } from "./admin-client.ts";
import { catalog } from "./catalog.ts";
import { Failure } from "./failure.ts";
import { numberAt } from "./json-shape.ts";
import { print } from "./terminal.ts";

/** `caching-proxy clear` */
export const clear = (rawArgs: string[]) => runCommand(command, { rawArgs });

const command = defineCommand({
  meta: { name: "clear", description: catalog.clear.summary },
  args: clearFlags,
  run: ({ args }) => clearCache(gather(clearFlags, args, process.env)),
});

/**
 * Clears the cache of the running proxy and prints how many entries went.
 * @throws Failure
 */
export async function clearCache(given: Given): Promise<void> {
  const target = resolveTarget(given);
  if (!target.ok) throw new Failure(2, target.message);
  const answer = await askAdmin(target.value, "POST", "clear-cache");
  if (!answer.ok) throw new Failure(1, answer.message);
  const cleared = numberAt(answer.value, "cleared");
  if (cleared === undefined) throw new Failure(1, notOurs(target.value));
  print(() => `cleared ${cleared} ${cleared === 1 ? "entry" : "entries"}\n`);
}
