import type { ViewProps } from "./app.tsx";
import { Notice } from "./notice.tsx";

/** The view "why". */
export function WhyView({ state }: ViewProps) {
  return <Notice title={`Why: ${state.exchanges.length} exchanges`} />;
}
