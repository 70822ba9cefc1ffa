import { defineCommand, runCommand } from "citty";
import { exportFlags } from "../config/archive-flags.ts";
import { resolveTarget, type Target } from "../config/target.ts";
import { SEEN, seenEntry } from "../har/seen.ts";
import { archiveEnd, archiveStart } from "../har/write.ts";
import { notOurs, openAdmin, place } from "./admin-client.ts";
import { ArchiveFile } from "./archive-file.ts";
import { catalog } from "./catalog.ts";
import { formatCount } from "./counts.ts";
import { seenIn } from "./exchange-shape.ts";
import { Failure } from "./failure.ts";
import { finishing } from "./interrupted.ts";
import { listAt, numberAt } from "./json-shape.ts";
import { stated } from "./stated.ts";
import { stderr } from "./terminal.ts";
import { version } from "./version.ts";
import { wanted } from "./wanted.ts";
import { watched } from "./watched.ts";

/** `caching-proxy export` */
export const exportArchive = (rawArgs: string[]) => runCommand(command, { rawArgs });

const MOST_SECONDS = 1_000_000;

const command = defineCommand({
  meta: { name: "export", description: catalog.export.summary },
  args: exportFlags,
  run: async ({ args }) => {
    const given = (await stated(exportFlags, args)).given;
    const target = wanted(resolveTarget(given));
    const { file, from = "cache", prefix, seconds } = args;
    const withSecrets = args["with-secrets"] === true;
    const { fixtures, origin } = args;
    if (fixtures !== undefined) {
      const unfit = ["from", "seconds"].find((name) => Object.hasOwn(args, name));
      if (unfit !== undefined) throw new Failure(2, `--${unfit} is about a running proxy, not about --fixtures`);
      if (prefix !== undefined && !prefix.startsWith("/")) {
        throw new Failure(2, `--prefix "${prefix}" is no path: with --fixtures it begins with /`);
      }
      const { exportFolder } = await import("./export-folder.ts");
      const secrets = withSecrets ? "shown" : "hidden";
      return exportFolder(fixtures, given, target, { file, prefix: prefix ?? "/", secrets });
    }
    if (origin !== undefined) throw new Failure(2, "--origin belongs to --fixtures: what is stored knows its own");
    if (from !== "cache" && from !== "live") throw new Failure(2, `--from "${from}" is none: write cache or live`);
    if (from === "cache" && seconds !== undefined) throw new Failure(2, "--seconds belongs to --from live");
    if (from === "live" && withSecrets) {
      throw new Failure(2, "--with-secrets belongs to --from cache: of what passes no fields are recorded");
    }
    if (seconds !== undefined && !(/^\d+(?:\.\d+)?$/.test(seconds) && Number(seconds) <= MOST_SECONDS)) {
      throw new Failure(2, `--seconds "${seconds}" is no time: write a number of seconds up to ${MOST_SECONDS}`);
    }
    await finishing(async (signal) => {
      const until = seconds === undefined ? [] : [AbortSignal.timeout(Number(seconds) * 1000)];
      if (from === "live") await exportLive(target, file, prefix ?? "/", AbortSignal.any([signal, ...until]));
      else
        await exportStored(
          target,
          file,
          new URLSearchParams({
            prefix: prefix ?? "/",
            secrets: withSecrets ? "shown" : "hidden",
          }),
          signal,
        );
    });
  },
});

/** @throws Failure */
async function exportStored(target: Target, file: string | undefined, query: URLSearchParams, signal: AbortSignal) {
  const answer = await openAdmin(target, `export?${query}`, signal, "application/json");
  if (!answer.ok) throw new Failure(answer.isRefused ? 2 : 1, answer.message);
  await using to = await ArchiveFile.open(file);
  try {
    for await (const chunk of answer.body) if (!(await to.write(chunk))) return;
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(1, signal.aborted ? "stopped before all was written" : `the proxy on ${place(target)} broke off`);
  }
  await to.finish();
}

/** @throws Failure */
async function exportLive(target: Target, file: string | undefined, prefix: string, signal: AbortSignal) {
  await using to = await ArchiveFile.open(file);
  let written = 0;
  let dropped = 0;
  await to.write(archiveStart(version));
  const begun = Date.now();
  for await (const seen of watched(target, () => new URLSearchParams({ backlog: "0" }), signal)) {
    if (seen.type === "lost") stderr.warn(`the proxy on ${place(target)} is gone; waiting for it to come back`);
    if (seen.type !== "event" || seen.name !== "exchanges") continue;
    dropped += numberAt(seen.data, "dropped") ?? 0;
    for (const one of listAt(seen.data, "exchanges")) {
      const exchange = seenIn(one);
      if (exchange === undefined) throw new Failure(1, notOurs(target));
      const url = exchange.publicOrigin + exchange.path;
      if (!exchange.path.startsWith(prefix) && !url.startsWith(prefix)) continue;
      if (!(await to.write((written++ === 0 ? "\n" : ",\n") + JSON.stringify(seenEntry(exchange))))) return;
    }
  }
  const lost = dropped === 0 ? "" : ` ${formatCount(dropped)} exchanges passed too fast to be seen.`;
  await to.write(archiveEnd(`${SEEN}${lost}`));
  await to.finish();
  const passed = `${formatCount(written)} exchanges in ${Math.round((Date.now() - begun) / 1000)} s`;
  stderr.info(`${passed}; header fields and content are not in the archive: nobody records them`);
}
