/** What tests of this package and of others build small networks with, and see what comes of them. */
export * from "./addresses";
export * from "./forms";
export * from "./ids";
export * from "./names";
export * from "./networks";
export * from "./outcome";
export * from "./parts";
export * from "./zones";
