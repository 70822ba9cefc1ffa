import type { ViewProps } from "./app.tsx";
import { Notice } from "./notice.tsx";

/** The view "overview". */
export function OverviewView({ state }: ViewProps) {
  return <Notice title={`Overview: ${state.exchanges.length} exchanges`} />;
}
