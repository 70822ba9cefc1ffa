import { type FSWatcher, watch } from "node:fs";
import { basename, dirname } from "node:path";
import type { Milliseconds } from "../http/date.ts";
import { type Certificate, readCertificate } from "../tls/certificate.ts";
import { type PreparedFiles, prepareCertificate } from "../tls/prepare.ts";

/** A certificate and its key are written one after the other. */
const SETTLING: Milliseconds = 300;
const DAY: Milliseconds = 86_400_000;
/** Changes where a folder of Kubernetes is mounted, whose files are links into it. */
const MOUNTED = "..data";

/** What follows the files of a certificate. */
export type FollowedCertificate = { readonly look: () => void; readonly end: () => void };

/**
 * Has a changed certificate count: a look is taken whenever something happens in the folders of its files, and whenever somebody wants one.
 * @param first the one that counts now
 * @param onError told of one that is no good; the one before goes on to count
 */
export function followCertificate(
  files: PreparedFiles,
  first: Certificate,
  onError: (error: unknown) => void,
  replace: (next: Certificate) => Promise<void>,
): FollowedCertificate {
  let counts = first;
  let last: Promise<void> = Promise.resolve();
  let settling: ReturnType<typeof setTimeout> | undefined;

  async function compare(): Promise<void> {
    try {
      await prepareCertificate(files, Date.now());
      const next = await readCertificate(files);
      if (next.cert === counts.cert && next.key === counts.key) return;
      await replace(next);
      counts = next;
    } catch (error) {
      onError(new Error("the certificate counts as it was before", { cause: error }));
    }
  }
  // One after the other: each begins with what the one before it has left.
  const look = (): void => {
    last = last.then(compare);
  };
  // One of our own making is renewed while we run.
  const daily = files.local && setInterval(look, DAY).unref();
  const names = new Set([basename(files.cert), basename(files.key), MOUNTED]);
  const watchers: FSWatcher[] = [];
  const unwatched = (error: unknown): void => onError(new Error("the certificate is not watched", { cause: error }));
  try {
    for (const folder of new Set([dirname(files.cert), dirname(files.key)])) {
      const watcher = watch(folder, { persistent: false }, (_, name) => {
        if (name !== null && !names.has(name)) return;
        clearTimeout(settling);
        settling = setTimeout(look, SETTLING);
      });
      watchers.push(watcher.on("error", unwatched));
    }
  } catch (error) {
    unwatched(error);
  }
  return {
    look,
    end() {
      clearTimeout(settling);
      clearInterval(daily);
      for (const watcher of watchers) watcher.close();
    },
  };
}
