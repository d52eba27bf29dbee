/**
 * Runs something without cdktf's notes of where each token was made: stack traces, a third of the time that a synthesis
 * of many networks takes. cdktf reads them only for the error that a token can't be resolved.
 */
export function withoutCreationStacks<T>(run: () => T): T {
  // eslint-disable-next-line @typescript-eslint/unbound-method
  const { captureStackTrace } = Error;
  // `new Error()` has its stack all the same.
  Error.captureStackTrace = () => undefined;
  try {
    return run();
  } finally {
    Error.captureStackTrace = captureStackTrace;
  }
}
