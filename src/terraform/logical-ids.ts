/** Construct id of the one resource that a construct is about. */
export const MAIN = "main";
