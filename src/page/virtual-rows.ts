import type { RefObject } from "preact";
import { useCallback, useLayoutEffect, useState } from "preact/hooks";

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

/** Follows what is visible of a scroller. @returns the window, whether the top is out of sight, and what to call when it scrolls */
export function useVirtualRows(scroller: RefObject<HTMLElement | null>, rowHeight: number, count: number) {
  const [view, setView] = useState({ top: 0, height: 800 });
  const measure = useCallback(() => {
    const { current } = scroller;
    if (current === null) return;
    const { scrollTop: top, clientHeight: height } = current;
    setView((old) => (old.top === top && old.height === height ? old : { top, height }));
  }, [scroller]);
  useLayoutEffect(() => {
    measure();
    const observer = new ResizeObserver(measure);
    if (scroller.current !== null) observer.observe(scroller.current);
    return () => observer.disconnect();
  }, [measure, scroller]);
  return { ...windowOf(view.top, view.height, rowHeight, count), isScrolled: view.top > rowHeight, measure };
}

/** Where the style sheet lays the page out for a telephone. */
export const NARROW = "(max-width: 700px)";

/** Whether a media query holds now. */
export function useMedia(query: string): boolean {
  const [holds, setHolds] = useState(() => matchMedia(query).matches);
  useLayoutEffect(() => {
    const list = matchMedia(query);
    const follow = (): void => setHolds(list.matches);
    follow();
    list.addEventListener("change", follow);
    return () => list.removeEventListener("change", follow);
  }, [query]);
  return holds;
}
