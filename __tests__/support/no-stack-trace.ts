/**
 * In place of the module of cdktf, and of its successor, that notes of each value where it was created, for its own errors.
 * Under jest, which maps each of these stack traces to the sources, that takes as long as the rest of a synthesis.
 */
export function captureStackTrace(): string[] {
  return [];
}

/** The successor's name for it. */
export const captureCreationStack = captureStackTrace;
