/** In place of cdktf's own. */
export function captureStackTrace(): string[] {
  return [];
}
