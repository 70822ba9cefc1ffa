// A macro: it runs where this file is transpiled, so that the compiled file holds what it gives.
import { bundled } from "./bundle.ts" with { type: "macro" };

export const script: string = await bundled("main.tsx");
export const style: string = await bundled("page.css");
