/** Resolves once something is so. @throws Error where it is not within five seconds */
export async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 5000;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`not within five seconds: ${what}`);
    await Bun.sleep(2);
  }
}
