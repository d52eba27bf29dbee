/** The parts of a finding that decide whether a command fails. */
interface Judged {
  readonly code: string;
  readonly severity: "error" | "warning";
  /** Whether the finding is ignored on purpose. */
  readonly ignored?: boolean;
  /** Why it is ignored, where a file says so. */
  readonly reason?: string;
}

/** The findings, with those of some codes marked as ignored on purpose. */
export function withIgnored<F extends Judged>(findings: readonly F[], codes: readonly string[]): F[] {
  return findings.map((finding) => (codes.includes(finding.code) ? { ...finding, ignored: true } : finding));
}

/** Whether a finding makes a command fail: an error that is not ignored. */
export function isBlocking({ severity, ignored = false }: Judged): boolean {
  return severity === "error" && !ignored;
}
