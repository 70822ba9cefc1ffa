/** Rows beyond the edges that are there already when scrolling reaches them. */
const SPARE = 6;

/** Which rows are worth making; `end` is the first that is not. */
export type RowWindow = { readonly start: number; readonly end: number };

/** @param height of what is visible; all in px */
export function windowOf(scrollTop: number, height: number, rowHeight: number, count: number): RowWindow {
  const start = Math.max(0, Math.min(Math.floor(scrollTop / rowHeight) - SPARE, count));
  const end = Math.min(count, Math.ceil((scrollTop + height) / rowHeight) + SPARE);
  return { start, end: Math.max(start, end) };
}
