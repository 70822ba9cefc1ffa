import { realpathSync, statSync } from "node:fs";
import { defineCommand, runCommand } from "citty";
import { doctorFlags } from "../config/doctor-flags.ts";
import { readSecretNames } from "../config/recording.ts";
import { examined } from "../fixtures/examine.ts";
import { secretNames } from "../http/secret-names.ts";
import { catalog } from "./catalog.ts";
import { renderExamination } from "./doctor-report.ts";
import { Failure } from "./failure.ts";
import { stated } from "./stated.ts";
import { print } from "./terminal.ts";

/** `caching-proxy doctor` */
export const doctor = (rawArgs: string[]) => runCommand(command, { rawArgs });

const command = defineCommand({
  meta: { name: "doctor", description: catalog.doctor.summary },
  args: { ...doctorFlags, folder: { type: "string" } },
  run: async ({ args }) => {
    const { folder } = args;
    if (folder === undefined) {
      throw new Failure(2, "which folder to look into is missing: pass it, as in caching-proxy doctor fixtures");
    }
    const names = readSecretNames((await stated(doctorFlags, args)).given);
    if (!names.ok) throw new Failure(2, names.message);
    const root = folderAt(folder);
    const examination = await examined(root, secretNames(names.value));
    print((coloured) =>
      args.json === true
        ? `${JSON.stringify(examination, null, 2)}\n`
        : renderExamination(folder, examination, coloured),
    );
    const problems = examination.findings.filter(({ level }) => level === "problem").length;
    if (problems > 0) throw new Failure(1, `${problems === 1 ? "1 problem" : `${problems} problems`} in ${folder}`);
  },
});

function folderAt(path: string): string {
  let why = "is no folder";
  try {
    if (statSync(path).isDirectory()) return realpathSync(path);
  } catch (error) {
    why = `cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
  throw new Failure(1, `${path} ${why}`);
}
