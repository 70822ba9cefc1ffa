import { type Exposition, type ExpositionFormat, exposition } from "./exposition.ts";
import { type Figures, metricsOf } from "./metrics.ts";

/** What a scraper is answered with. Loaded when the first one asks. */
export function scraped(figures: Figures, format: ExpositionFormat): Promise<Exposition> {
  return exposition(metricsOf(figures), format);
}
