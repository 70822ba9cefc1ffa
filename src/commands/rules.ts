import { defineCommand, runCommand } from "citty";
import type { Given } from "../config/given.ts";
import { rulesFlags } from "../config/rules-flags.ts";
import { resolveTarget } from "../config/target.ts";
import { valuesOf } from "./arguments.ts";
import { catalog } from "./catalog.ts";
import { Failure } from "./failure.ts";
import { renderCounts } from "./rule-counts-report.ts";
import { renderReport, renderRules, rulesList, rulesReport } from "./rules-report.ts";
import { stated } from "./stated.ts";
import { print } from "./terminal.ts";
import { answered, wanted } from "./wanted.ts";
import { readField } from "./warm-fields.ts";

/** `caching-proxy rules` */
export const rules = (rawArgs: string[]) => runCommand(command, { rawArgs });

const command = defineCommand({
  meta: { name: "rules", description: catalog.rules.summary },
  args: { ...rulesFlags, url: { type: "string" } },
  run: async ({ args, rawArgs }) => {
    const { given, file } = await stated(rulesFlags, args);
    if (args.running === true) return running(args, given);
    if (file === undefined) {
      throw new Failure(2, "there is no caching-proxy.config.* here: name a config file by --config FILE");
    }
    const { url, request = "GET", scenario, json } = args;
    if (url === undefined) {
      const list = rulesList(file);
      return print(() => (json === true ? `${JSON.stringify(list, undefined, 2)}\n` : renderRules(list)));
    }
    const headers = new Headers();
    for (const text of valuesOf(rawArgs, "header")) {
      const { name, value } = wanted(readField(text));
      headers.append(name, value);
    }
    const host = headers.get("host") ?? "localhost";
    const asked = URL.parse(url, `http://${host}`);
    if (asked === null) throw new Failure(2, `"${url}" is neither a path, which begins with /, nor a URL`);
    const report = rulesReport(file, {
      ...{ method: request.toUpperCase(), url: asked, headers },
      ...(scenario === undefined ? {} : { scenario }),
    });
    print((coloured) => (json === true ? `${JSON.stringify(report, undefined, 2)}\n` : renderReport(report, coloured)));
  },
});

/** Shows what a running proxy has counted of its rules. */
async function running(
  { url, json }: { readonly url?: string | undefined; readonly json?: boolean | undefined },
  given: Given,
): Promise<void> {
  if (url !== undefined) {
    throw new Failure(2, `--running shows how often all rules counted: leave it or "${url}" out`);
  }
  const { value, text } = await answered(wanted(resolveTarget(given)), "GET", "rules");
  print(() => (json === true ? `${text.trimEnd()}\n` : renderCounts(value)));
}
