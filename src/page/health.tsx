import type { ViewProps } from "./app.tsx";
import { Notice } from "./notice.tsx";

/** The view "health". */
export function HealthView({ state }: ViewProps) {
  return <Notice title={`Health: ${state.exchanges.length} exchanges`} />;
}
