const PATIENCE_MS = 30_000;

/** Resolves once something is so. @throws Error where it is not within half a minute, which a busy machine needs now and then */
export async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`not within ${PATIENCE_MS / 1000} seconds: ${what}`);
    await Bun.sleep(2);
  }
}
