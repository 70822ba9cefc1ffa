import { defineCommand, runCommand } from "citty";
import { rulesFlags } from "../config/rules-flags.ts";
import { valuesOf } from "./arguments.ts";
import { catalog } from "./catalog.ts";
import { Failure } from "./failure.ts";
import { renderReport, renderRules, rulesList, rulesReport } from "./rules-report.ts";
import { stated } from "./stated.ts";
import { print } from "./terminal.ts";
import { wanted } from "./wanted.ts";
import { readField } from "./warm-fields.ts";

/** `caching-proxy rules` */
export const rules = (rawArgs: string[]) => runCommand(command, { rawArgs });

const command = defineCommand({
  meta: { name: "rules", description: catalog.rules.summary },
  args: { ...rulesFlags, url: { type: "string" } },
  run: async ({ args, rawArgs }) => {
    const { file } = await stated(rulesFlags, args);
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
