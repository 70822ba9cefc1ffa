import type { RefObject } from "preact";
import type { Filter } from "../observe/filter.ts";

type RequestFilterProps = {
  readonly field: RefObject<HTMLInputElement | null>;
  readonly text: string;
  readonly filter: Filter;
  readonly onText: (text: string) => void;
};

/** Filters that show what can be said. */
const EXAMPLES = ["miss", "5xx or error", "ms>100", "path~/users*", "why=no-store", "method=POST", "bytes>10kb"];

/** Where a person says which exchanges are wanted; what is wrong with it stands below. */
export function RequestFilter({ field, text, filter, onText }: RequestFilterProps) {
  const isBad = filter.type === "bad";
  return (
    <div class="filter">
      <label class="unseen" for="filter">
        Filter of exchanges
      </label>
      <input
        ref={field}
        id="filter"
        type="search"
        list="filter-examples"
        placeholder="Filter, e.g. status>=500 or miss"
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        value={text}
        aria-invalid={isBad}
        aria-describedby={isBad ? "filter-error" : undefined}
        aria-keyshortcuts="/"
        onInput={(event) => onText(event.currentTarget.value)}
      />
      <datalist id="filter-examples">
        {EXAMPLES.map((example) => (
          <option key={example} value={example} />
        ))}
      </datalist>
      {isBad && (
        <p id="filter-error" class="field-error" role="alert">
          {filter.why.charAt(0).toUpperCase() + filter.why.slice(1)}.
        </p>
      )}
    </div>
  );
}
