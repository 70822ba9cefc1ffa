import { statfsSync } from "node:fs";
import { dirname } from "node:path";
import type { Settings } from "../config/settings.ts";
import { formatRoundedSize } from "../config/units.ts";
import { probe } from "../store/probe.ts";
import { serverOf } from "../store/server-of.ts";
import { type TierSetting, TierUnusable } from "../store/tier.ts";
import { type Finding, reasonOf } from "./finding.ts";

/** Opens the store as a start does, which makes one on disk where there is none; writes, reads and drops a response of nobody's. */
export async function examineStore(setting: TierSetting, { origin }: Settings): Promise<readonly Finding[]> {
  const about = "store";
  const clock = () => ({ wall: Date.now(), steady: performance.now() });
  try {
    const probed = await probe(setting, origin, clock);
    const server = await serverOf(setting);
    switch (probed.type) {
      case "working": {
        const ms = Math.max(1, Math.round(probed.took));
        const { entries, bytes } = probed.report;
        const held = entries === undefined ? "" : `; holds ${entries} responses, ${formatRoundedSize(bytes ?? 0)}`;
        const what = `${server.name}: written, read and dropped within ${ms} ms${held}`;
        return [{ about, verdict: "fine", what }, ...server.doubts.map(doubt), ...room(setting)];
      }
      case "away": {
        const what = `${setting.type} does not answer: until it does, nothing is found in it`;
        return [{ about, verdict: "warning", what, todo: `start it, or correct --store; the proxy serves without it` }];
      }
      case "failing": {
        const what = `${server.name} is there, but cannot be written and read (${probed.why})`;
        return [{ about, verdict: "problem", what, todo: "see its log, and whether it is full" }];
      }
    }
  } catch (error) {
    if (!(error instanceof TierUnusable)) throw error;
    // It says itself what to do.
    return [{ about, verdict: "problem", what: error.message }];
  }
}

function doubt({ what, todo }: { readonly what: string; readonly todo: string }): Finding {
  return { about: "store", verdict: "warning", what, todo };
}

/** How much the disk has left for what may still come. */
function room(setting: TierSetting): readonly Finding[] {
  if (setting.type !== "sqlite") return [];
  const folder = dirname(setting.path);
  try {
    const { bavail, bsize } = statfsSync(folder);
    const free = bavail * bsize;
    const what = `${formatRoundedSize(free)} are free in ${folder}, of which --store-size may take ${formatRoundedSize(setting.maxBytes)}`;
    return free >= setting.maxBytes
      ? [{ about: "room", verdict: "fine", what }]
      : [{ about: "room", verdict: "warning", what, todo: "make room, or pass a smaller --store-size" }];
  } catch (error) {
    return [
      { about: "room", verdict: "warning", what: `how much is free in ${folder} is unknown: ${reasonOf(error)}` },
    ];
  }
}
