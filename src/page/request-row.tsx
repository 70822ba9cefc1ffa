import type { ShownExchange } from "../observe/shown-exchange.ts";
import { OutcomeBadge } from "./outcome-badge.tsx";
import { clockTime, shortBytes, shortMs } from "./wording.ts";

type RequestRowProps = {
  readonly id: string;
  readonly exchange: ShownExchange;
  readonly index: number;
  readonly top: number;
  readonly isSelected: boolean;
  readonly onSelect: (exchange: ShownExchange) => void;
};

/** One exchange in a line. */
export function RequestRow({ id, exchange, index, top, isSelected, onSelect }: RequestRowProps) {
  const { at, outcome, method, status, durationMs, bytes, why, masked } = exchange;
  const path = masked?.path ?? exchange.path;
  const [pathname = "", query] = splitAt(path, "?");
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid takes the keys for all of its rows
    <div
      id={id}
      class="row"
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      style={{ transform: `translateY(${top}px)` }}
      onClick={() => onSelect(exchange)}
    >
      <span role="gridcell" data-column="time">
        {clockTime(at)}
      </span>
      <span role="gridcell" data-column="outcome">
        <OutcomeBadge outcome={outcome} />
      </span>
      <span role="gridcell" data-column="method">
        {method}
      </span>
      <span role="gridcell" data-column="path" title={path}>
        {pathname}
        {query !== undefined && <span class="query">{query}</span>}
      </span>
      <span role="gridcell" data-column="status" data-class={String(status).charAt(0)}>
        {status}
      </span>
      <span role="gridcell" data-column="took">
        {shortMs(durationMs)}
      </span>
      <span role="gridcell" data-column="size">
        {bytes === undefined ? "–" : shortBytes(bytes)}
      </span>
      <span role="gridcell" data-column="why" title={why}>
        {why ?? ""}
      </span>
    </div>
  );
}

/** The text before a character, and the rest from it on. */
function splitAt(text: string, character: string): readonly [string, string?] {
  const at = text.indexOf(character);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at)];
}
