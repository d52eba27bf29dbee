import { type Facts, type ReasonName, adviceOf, wordsOf } from "./reasons";
import { triesText } from "./tries-text";

/** What a script reports of the step that failed. */
export interface Failure {
  readonly step: string;
  /** Machine-readable, as `curl-28`, `http-403` or `no-platform`. */
  readonly reason: string;
  /** The code in the registry's answer, as `DENIED`. */
  readonly code?: string | undefined;
  /** The message of the registry or of docker. */
  readonly detail?: string | undefined;
  /** The error in the registry's challenge, as `insufficient_scope`. */
  readonly challenge?: string | undefined;
  readonly retries?: number | undefined;
  /** For how long it was tried. */
  readonly seconds?: number | undefined;
}

/** Why a step failed, and what is known of it. */
export interface Cause {
  readonly reason: ReasonName;
  readonly facts: Facts;
  /** The code that the words stand for, as `curl 28`. Empty if there is none. */
  readonly code: string;
}

/** By how many seconds the clocks of two machines may differ: tokens and certificates allow for five minutes. */
const MAX_CLOCK_SKEW = 300;

/** Exit statuses of curl, except for those of certificates. */
const CURL: Readonly<Record<string, ReasonName>> = {
  6: "name not resolved",
  7: "no route",
  18: "broken off",
  23: "disk full",
  28: "timeout",
  35: "no TLS",
  52: "broken off",
  55: "broken off",
  56: "broken off",
};

/** Exit statuses of curl for a certificate that it does not accept; 51 before version 7.62. */
const CURL_CERTIFICATE = ["51", "60"];

/** What OpenSSL says of a certificate: the codes of X509_verify_cert. With 0 and 1, it is curl that refuses the name. */
const CERTIFICATE: Readonly<Record<string, ReasonName>> = {
  0: "certificate of another name",
  1: "certificate of another name",
  9: "certificate not yet valid",
  10: "certificate expired",
  62: "certificate of another name",
};

/** Reasons that the scripts name themselves. */
const NAMED: Readonly<Record<string, ReasonName>> = {
  "bad-archive": "bad build context",
  "bad-base64": "bad build context",
  "bad-location": "no data endpoint",
  "bad-manifest": "not an image",
  "cloud-init-failed": "cloud-init failed",
  "cloud-init-running": "cloud-init still running",
  "digest-mismatch": "digest mismatch",
  "no-bearer": "unexpected answer",
  "no-daemon": "docker not running",
  "no-digest": "no digest",
  "lacks-curl": "tool missing",
  "lacks-jq": "tool missing",
  "no-docker": "package missing",
  "no-dockerfile": "bad build context",
  "no-federated-token": "no federated token",
  "no-jq": "package missing",
  "no-layer": "not an image",
  "no-platform": "no platform",
  "no-report": "no report",
  "no-token": "no token",
  "not-resolved": "name not resolved",
  "other-digest": "older image",
  "time-limit": "script takes too long",
  denied: "role missing",
  timeout: "docker takes too long",
};

/** What a message means, whatever the code beside it: the registry's own message, or one of docker's. */
const MESSAGES: readonly (readonly [RegExp, ReasonName])[] = [
  [/client with IP/i, "public address"],
  [/disallowed|is locked/i, "operation not allowed"],
  [/AADSTS/, "federation refused"],
  [/multiple user assigned/i, "several identities"],
];

/** What docker's messages mean, where the script saw only that docker failed. The first that matches. */
const DOCKER_MESSAGES: readonly (readonly [RegExp, ReasonName])[] = [
  [/no space left on device/i, "disk full"],
  [/exec format error/i, "other architecture"],
  [/no matching manifest|does not (match|provide) the (specified|detected) platform/i, "no platform"],
  [/x509:|failed to verify certificate|certificate signed by/i, "docker refuses the certificate"],
  [/verification failed for digest|digest (did not match|mismatch)|unexpected .*digest/i, "digest mismatch"],
  [/no such host|name resolution|server misbehaving/i, "name not resolved"],
  [/connection refused/i, "refused"],
  [/no route to host|network is unreachable/i, "no route"],
  [/timeout|timed out|deadline exceeded/i, "timeout"],
  [/unexpected EOF|connection reset|broken pipe|: EOF$/i, "broken off"],
  [/toomanyrequests|too many requests|\b429\b/i, "throttled"],
  [/manifest unknown|manifest for .* not found|repository .* not found/i, "image missing"],
  [/\b50[0234]\b|internal server error|bad gateway|service unavailable/i, "registry fails"],
  [/tls: |handshake/i, "no TLS"],
];

/** Reasons that a wrong clock brings about. */
const OF_CLOCK = new Set<ReasonName>([
  "certificate expired",
  "certificate not yet valid",
  "token not accepted",
  "download refused",
  "role missing",
]);

/**
 * Why a step failed.
 *
 * @param facts - what the advice needs to know: `role`, and `place` for an image that is missing
 * @param clockSkew - by how many seconds the VM's clock is ahead of this machine's, if that is known
 */
export function causeOf(failure: Failure, facts: Facts, clockSkew = 0): Cause {
  const [, source = "", number = "", verified = ""] = /^([a-z]+)-(\d+)(?:-(\d*))?$/.exec(failure.reason) ?? [];
  const reason = reasonOf(failure, source, number, verified);
  const code = number && source in CODES ? `${CODES[source]!} ${number}` : "";
  // Docker reports a certificate of another time and one of another authority alike.
  const ofClock = OF_CLOCK.has(reason) || failure.detail?.includes("certificate has expired or is not yet valid");
  if (ofClock && Math.abs(clockSkew) > MAX_CLOCK_SKEW) {
    const minutes = Math.round(Math.abs(clockSkew) / 60);
    return {
      reason: "clock wrong",
      facts: { offset: `${minutes} minutes ${clockSkew > 0 ? "ahead of" : "behind"}` },
      code,
    };
  }
  const missing = failure.reason.replace(/^(no|lacks)-/, "");
  return { reason, facts: { package: missing === "docker" ? "Docker" : missing, ...facts }, code };
}

/** What failed, in words: the step, the reason, and what the registry or docker said. */
export function failureText(failure: Failure, { reason, facts, code }: Cause): string {
  const { step, challenge, detail, retries = 0, seconds } = failure;
  const words = `${wordsOf(reason, facts)}${code && ` (${code})`}`;
  return [`${step}: ${words}`, failure.code, challenge, detail?.replace(/(?<!\.)\.+$/, ""), triesText(retries, seconds)]
    .filter(Boolean)
    .join(", ");
}

/** What to do about a cause. */
export function causeAdvice({ reason, facts }: Cause): string {
  return adviceOf(reason, facts);
}

const CODES: Readonly<Record<string, string>> = {
  curl: "curl",
  signin: "curl",
  http: "HTTP status",
  exit: "exit status",
};

function reasonOf({ step, reason, detail = "", challenge }: Failure, source: string, number: string, verified: string) {
  const message = MESSAGES.find(([pattern]) => pattern.test(detail))?.[1];
  if (message) return message;
  if (step === "identity") return reasonOfIdentity(source, number) ?? NAMED[reason] ?? "unknown";
  if (source === "curl") {
    if (CURL_CERTIFICATE.includes(number)) return CERTIFICATE[verified] ?? "certificate not trusted";
    return CURL[number] ?? "no TLS";
  }
  if (source === "http") return reasonOfStatus(step, Number(number), challenge);
  if (source === "exit" || reason === "denied") return reasonOfDocker(step, reason, detail);
  return NAMED[reason] ?? "unknown";
}

/** The metadata service of Azure answers, and not the registry. */
function reasonOfIdentity(source: string, number: string): ReasonName | undefined {
  if (source === "signin") return "sign-in not reachable";
  if (source === "curl") return "metadata not reachable";
  if (source !== "http") return undefined;
  return number === "429" || Number(number) >= 500 ? "no token" : "no identity";
}

function reasonOfStatus(step: string, status: number, challenge: string | undefined): ReasonName {
  if (status === 429) return "throttled";
  if (status >= 500) return "registry fails";
  // Nobody has signed in before the challenge, so it is not an identity that is refused.
  if (step === "challenge") return status === 403 ? "public address" : "unexpected answer";
  if (step === "download") return status === 403 || status === 401 ? "download refused" : "unexpected answer";
  if (status === 401 && challenge === "invalid_token") return "token not accepted";
  if (status === 401 || status === 403) return "role missing";
  if (status === 404 && (step === "manifest" || step === "blob")) return "image missing";
  return step === "blob" ? "no data endpoint" : "unexpected answer";
}

function reasonOfDocker(step: string, reason: string, detail: string): ReasonName {
  const message = DOCKER_MESSAGES.find(([pattern]) => pattern.test(detail))?.[1];
  // docker build downloads from the registry of the base image, for which this project has no roles.
  if (step === "build" && (reason === "denied" || OF_BASE_IMAGE.has(message))) return "base image not reachable";
  if (message) return message;
  // With 125 it is docker that failed, and not the container.
  if (step === "run" && reason !== "exit-125") return "container fails";
  return reason === "denied" && !/permission denied/i.test(detail) ? "role missing" : "docker fails";
}

const OF_BASE_IMAGE = new Set<ReasonName | undefined>([
  "broken off",
  "docker refuses the certificate",
  "image missing",
  "name not resolved",
  "no TLS",
  "no route",
  "refused",
  "registry fails",
  "throttled",
  "timeout",
]);
