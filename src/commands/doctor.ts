import { realpathSync, statSync } from "node:fs";
import { defineCommand, runCommand } from "citty";
import { doctorFlags } from "../config/doctor-flags.ts";
import { readSecretNames } from "../config/recording.ts";
import { resolveSettings } from "../config/resolve.ts";
import { examined } from "../fixtures/examine.ts";
import { secretNames } from "../http/secret-names.ts";
import { catalog } from "./catalog.ts";
import { checkup } from "./checkup.ts";
import { renderCheckup } from "./checkup-report.ts";
import { renderExamination } from "./doctor-report.ts";
import { Failure } from "./failure.ts";
import { type Stated, stated } from "./stated.ts";
import { print } from "./terminal.ts";
import { wanted } from "./wanted.ts";

/** `caching-proxy doctor` */
export const doctor = (rawArgs: string[]) => runCommand(command, { rawArgs });

const command = defineCommand({
  meta: { name: "doctor", description: catalog.doctor.summary },
  args: { ...doctorFlags, folder: { type: "string" } },
  run: async ({ args }) => {
    const { folder } = args;
    const said = await stated(doctorFlags, args);
    if (folder === undefined) {
      await examineStart(said, args.json === true);
      return;
    }
    const names = readSecretNames(said.given);
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

/** Looks at all that a start with this would need. */
async function examineStart({ given, file }: Stated, asJson: boolean): Promise<void> {
  const findings = await checkup(wanted(resolveSettings(given, false, file)));
  print((coloured) => (asJson ? `${JSON.stringify(findings, null, 2)}\n` : renderCheckup(findings, coloured)));
  const problems = findings.filter(({ verdict }) => verdict === "problem").length;
  if (problems > 0)
    throw new Failure(
      1,
      `${problems === 1 ? "1 problem" : `${problems} problems`}: it would not start, or be of no use`,
    );
}

function folderAt(path: string): string {
  let why = "is no folder";
  try {
    if (statSync(path).isDirectory()) return realpathSync(path);
  } catch (error) {
    why = `cannot be read (${error instanceof Error ? error.message : String(error)})`;
  }
  throw new Failure(1, `${path} ${why}`);
}
