import type { RefObject } from "preact";
import { useCallback, useLayoutEffect, useState } from "preact/hooks";
import { windowOf } from "./row-window.ts";

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
