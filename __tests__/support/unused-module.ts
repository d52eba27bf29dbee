/** Replaces the modules in unused-modules.cjs. */
export {};
