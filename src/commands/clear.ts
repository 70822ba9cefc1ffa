import { defineCommand, runCommand } from "citty";
import { clearFlags } from "../config/flags.ts";
import type { Given } from "../config/given.ts";
import { resolveTarget } from "../config/target.ts";
import { notOurs } from "./admin-client.ts";
import { catalog } from "./catalog.ts";
import { entryOrEntries } from "./counts.ts";
import { Failure } from "./failure.ts";
import { numberAt } from "./json-shape.ts";
import { stated } from "./stated.ts";
import { print } from "./terminal.ts";
import { answered, wanted } from "./wanted.ts";

/** `caching-proxy clear` */
export const clear = (rawArgs: string[]) => runCommand(command, { rawArgs });

const command = defineCommand({
  meta: { name: "clear", description: catalog.clear.summary },
  args: clearFlags,
  run: async ({ args }) => clearCache((await stated(clearFlags, args)).given),
});

/**
 * Clears the cache of the running proxy and prints how many entries went.
 * @throws Failure
 */
export async function clearCache(given: Given): Promise<void> {
  const target = wanted(resolveTarget(given));
  const answer = await answered(target, "POST", "clear-cache");
  const cleared = numberAt(answer.value, "cleared");
  if (cleared === undefined) throw new Failure(1, notOurs(target));
  print(() => `cleared ${cleared} ${entryOrEntries(cleared)}\n`);
}
