/**
 * Runs a function while cdktf does not record where each token is created. The stack traces take a third of the time of
 * the synthesis of a large network, and cdktf shows them only in the error for a token that can't be resolved.
 */
export function withoutCreationStacks<T>(run: () => T): T {
  // eslint-disable-next-line @typescript-eslint/unbound-method
  const { captureStackTrace } = Error;
  // An error that is thrown still has its stack trace: it does not come from this function.
  Error.captureStackTrace = () => undefined;
  try {
    return run();
  } finally {
    Error.captureStackTrace = captureStackTrace;
  }
}
