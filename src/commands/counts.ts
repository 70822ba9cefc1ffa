/** A number for a person to read. */
export function formatCount(count: number): string {
  return count.toLocaleString("en-US");
}

/** What so many stored responses are called. */
export function entryOrEntries(count: number): string {
  return count === 1 ? "entry" : "entries";
}
