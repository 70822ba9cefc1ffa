/** `12:04:01`, by this machine's clock and zone. @param at ms since the epoch */
export function clockTime(at: number): string {
  const date = new Date(at);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, "0")).join(":");
}

/** `1,234`, and from ten thousand on `12.3k`. */
export function shortCount(count: number): string {
  if (count < 10_000) return count.toLocaleString("en");
  if (count < 1_000_000) return `${trimmed(count / 1000)}k`;
  return `${trimmed(count / 1_000_000)}M`;
}

/** `812 B`, `4.1 kB`, `12.3 MB`: thousands of bytes, as the log has them. */
export function shortBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let size = bytes;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit++;
  }
  return `${unit === 0 ? Math.round(size) : trimmed(size)} ${units[unit] ?? ""}`;
}

/** `0.4 ms`, `12 ms`, `1.2 s`. */
export function shortMs(ms: number): string {
  if (ms < 1) return `${Number(ms.toFixed(2))} ms`;
  if (ms < 10) return `${trimmed(ms)} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  return `${trimmed(ms / 1000)} s`;
}

/** `48 s`, `5 m`, `2 h 10 m`, `3 d`. @param seconds not below zero */
export function shortSpan(seconds: number): string {
  if (seconds < 60) return `${seconds < 10 ? trimmed(seconds) : Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return joined(minutes, "m", Math.floor(seconds % 60), "s");
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return joined(hours, "h", minutes % 60, "m");
  return joined(Math.floor(hours / 24), "d", hours % 24, "h");
}

/** `93.4 %`. @param share from 0 to 1 */
export function percent(share: number): string {
  if (share > 0.999 && share < 1) return "99.9 %";
  return `${trimmed(share * 100)} %`;
}

function joined(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 || large >= 10 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

function trimmed(value: number): string {
  return value >= 100 ? String(Math.round(value)) : value.toFixed(1).replace(/\.0$/, "");
}
