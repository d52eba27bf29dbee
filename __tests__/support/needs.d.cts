/** Chromium, as Linux distributions and hosted runners call it. */
export const BROWSERS: readonly string[];

/** For each need, why it is not met on this machine; undefined if it is. */
export const LACKING: Readonly<Record<"engine" | "browser" | "scanner" | "successor", () => string | undefined>>;

/** Providers of the stack. */
export const PROVIDERS: Readonly<Record<string, { readonly source: string; readonly version: string }>>;

/** Path of a program by its name, or of one of a path, if it is there and can be run. */
export function which(name: string): string | undefined;
