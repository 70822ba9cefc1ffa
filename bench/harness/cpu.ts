/** Ticks a second in /proc, on all Linux machines there are. */
const TICKS = 100;

/**
 * How long processes have had a core so far, in seconds, their threads and the kernel's work for them included.
 * @throws Error where /proc does not tell
 */
export async function cpuSeconds(pids: readonly number[]): Promise<number> {
  const ticks = await Promise.all(
    pids.map(async (pid) => {
      const stat = await Bun.file(`/proc/${pid}/stat`).text();
      // The name before may hold spaces and parentheses of its own.
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return Number(fields[11]) + Number(fields[12]);
    }),
  );
  const seconds = ticks.reduce((sum, one) => sum + one, 0) / TICKS;
  if (Number.isNaN(seconds)) throw new Error(`/proc does not say what ${pids.join(", ")} took.`);
  return seconds;
}
