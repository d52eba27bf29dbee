/** In place of cdktf's own. */
export function captureStackTrace(): string[] {
  return [];
}

/** The name of it in CDK Terrain. */
export const captureCreationStack = captureStackTrace;
