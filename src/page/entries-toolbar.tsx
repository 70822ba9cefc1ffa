import type { RefObject } from "preact";
import type { Wanted } from "./entries-requests.ts";
import type { TreeOrder } from "./entries-tree.ts";

/** What the toolbar narrows the tree down to, and how it is sorted. */
export type Narrowing = {
  readonly search: string;
  readonly tag: string;
  readonly state: Wanted["state"];
  readonly order: TreeOrder;
};

type EntriesToolbarProps = {
  readonly field: RefObject<HTMLInputElement | null>;
  readonly narrowing: Narrowing;
  /** Tags that are known, to choose from. */
  readonly tags: readonly string[];
  readonly onChange: (change: Partial<Narrowing>) => void;
  readonly onFold: (open: boolean) => void;
  readonly onReload: () => void;
  readonly onPurgeTag: (tag: string) => void;
  /** What is shown, in words. */
  readonly summary: string;
};

const STATES = { "": "Fresh and stale", fresh: "Fresh", stale: "Stale" } as const;
const ORDERS = { name: "By name", size: "By size", hits: "By hits" } as const;

/** Search, filters and order of the tree. */
export function EntriesToolbar(props: EntriesToolbarProps) {
  const { field, narrowing, tags, onChange, onFold, onReload, onPurgeTag, summary } = props;
  const { search, tag, state, order } = narrowing;
  return (
    <div class="toolbar" role="search" aria-label="Narrow down the entries">
      <input
        ref={field}
        type="search"
        class="entries-search"
        aria-keyshortcuts="/"
        aria-label="Search paths: what begins with / is a beginning, else a part"
        placeholder="Search: /users/ or a part of a path"
        spellcheck={false}
        autocomplete="off"
        value={search}
        onInput={(event) => onChange({ search: event.currentTarget.value })}
      />
      <input
        type="search"
        class="entries-tag"
        aria-label="Tag"
        placeholder="Tag"
        list="entries-tags"
        spellcheck={false}
        autocomplete="off"
        value={tag}
        onInput={(event) => onChange({ tag: event.currentTarget.value })}
      />
      <datalist id="entries-tags">
        {tags.map((known) => (
          <option key={known} value={known} />
        ))}
      </datalist>
      <Choice label="State" options={STATES} value={state} onChange={(chosen) => onChange({ state: chosen })} />
      <Choice label="Order" options={ORDERS} value={order} onChange={(chosen) => onChange({ order: chosen })} />
      <button type="button" onClick={() => onFold(true)}>
        Expand all
      </button>
      <button type="button" onClick={() => onFold(false)}>
        Collapse all
      </button>
      <button type="button" onClick={onReload}>
        Reload
      </button>
      {tag !== "" && (
        <button type="button" class="danger" onClick={() => onPurgeTag(tag)}>
          Purge tag …
        </button>
      )}
      <span class="toolbar-count" role="status">
        {summary}
      </span>
    </div>
  );
}

type ChoiceProps<T extends string> = {
  readonly label: string;
  readonly options: Readonly<Record<T, string>>;
  readonly value: T;
  readonly onChange: (value: T) => void;
};

function Choice<T extends string>({ label, options, value, onChange }: ChoiceProps<T>) {
  const known = Object.keys(options).filter((name): name is T => name in options);
  return (
    <select
      aria-label={label}
      value={value}
      onChange={({ currentTarget }) => {
        const chosen = known.find((name) => name === currentTarget.value);
        if (chosen !== undefined) onChange(chosen);
      }}
    >
      {known.map((name) => (
        <option key={name} value={name}>
          {options[name]}
        </option>
      ))}
    </select>
  );
}
