import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { scratch } from "../store/scratch.ts";

/** A disk of the test's own, or why there is none. */
export type LoopDisk =
  | {
      readonly type: "disk";
      readonly folder: string;
      /** Makes it one that can only be read from now on, as the system does with a disk on which it found an error. */
      readonly fail: () => void;
    }
  | { readonly type: "none"; readonly why: string };

const SIZE_MB = 32;

/** Mounts a file as a disk; that wants Linux, root and a loop device. */
export function loopDisk(stack: AsyncDisposableStack): LoopDisk {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return none("only root may mount a disk, on Linux");
  const place = scratch(stack);
  const [image, folder] = [join(place, "image"), join(place, "disk")];
  const made =
    run("mkdir", folder) ?? run("truncate", "-s", `${SIZE_MB}M`, image) ?? run("mkfs.ext4", "-q", "-F", image);
  const failure = made ?? run("mount", "-o", "loop,errors=remount-ro", image, folder);
  if (failure !== undefined) return none(failure);
  stack.defer(() => void run("umount", "-l", folder));
  const device = output("findmnt", "-n", "-o", "SOURCE", folder).replace("/dev/", "");
  const switchTo = `/sys/fs/ext4/${device}/trigger_fs_error`;
  if (!device.startsWith("loop") || !existsSync(switchTo)) return none("the system has no way to make a disk fail");
  return { type: "disk", folder, fail: () => writeFileSync(switchTo, "by a test") };
}

function none(why: string): LoopDisk {
  return { type: "none", why };
}

function output(...command: string[]): string {
  return Bun.spawnSync(command).stdout.toString().trim();
}

/** What was wrong, undefined where nothing was. */
function run(...command: string[]): string | undefined {
  try {
    const { exitCode, stderr } = Bun.spawnSync(command);
    return exitCode === 0 ? undefined : stderr.toString().trim();
  } catch (error) {
    return `${command[0]}: ${error instanceof Error ? error.message : error}`;
  }
}
