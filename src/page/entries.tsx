import type { ViewProps } from "./app.tsx";
import { Notice } from "./notice.tsx";

/** The view "entries". */
export function EntriesView({ state }: ViewProps) {
  return <Notice title={`Entries: ${state.exchanges.length} exchanges`} />;
}
