import { defineCommand, runCommand } from "citty";
import { explainFlags } from "../config/explain-flags.ts";
import { resolveTarget } from "../config/target.ts";
import { notOurs } from "./admin-client.ts";
import { valuesOf } from "./arguments.ts";
import { catalog } from "./catalog.ts";
import { renderExplanation } from "./explain-report.ts";
import { Failure } from "./failure.ts";
import { textAt } from "./json-shape.ts";
import { stated } from "./stated.ts";
import { print } from "./terminal.ts";
import { answered, wanted } from "./wanted.ts";

/** `caching-proxy explain` */
export const explain = (rawArgs: string[]) => runCommand(command, { rawArgs });

/** The nearest keys of a URL may be as long as URLs get. */
const LARGEST_ANSWER = 16 * 1024 * 1024;

const command = defineCommand({
  meta: { name: "explain", description: catalog.explain.summary },
  args: { ...explainFlags, url: { type: "string" } },
  run: async ({ args, rawArgs }) => {
    const target = wanted(resolveTarget((await stated(explainFlags, args)).given));
    const { url, request } = args;
    if (url === undefined) {
      throw new Failure(
        2,
        "which request to explain is missing: pass its URL or path, as in caching-proxy explain /products/1",
      );
    }
    const query = new URLSearchParams([
      ["url", url],
      ["method", request ?? "GET"],
      ...valuesOf(rawArgs, "header").map((header): [string, string] => ["header", header]),
    ]);
    const answer = await answered(target, "GET", `explain?${query}`, undefined, LARGEST_ANSWER);
    if (textAt(answer.value, "verdict", "type") === undefined) throw new Failure(1, notOurs(target));
    print((coloured) =>
      args.json === true ? `${answer.text.trimEnd()}\n` : renderExplanation(answer.value, coloured),
    );
  },
});
