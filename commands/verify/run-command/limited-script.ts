/** Seconds between SIGTERM and SIGKILL. */
const GRACE_SECONDS = 5;

/** A script for a VM, with a name and a time limit. */
export interface NamedScript {
  /** Letters, digits and hyphens. Must be unique, because the running processes are found by this name. */
  readonly name: string;
  /** Shell script, with or without a `#!` line. */
  readonly text: string;
  readonly args: readonly string[];
  /** Seconds after which the script and all processes that it started are ended. */
  readonly timeoutSeconds: number;
}

/**
 * The text to send to the VM, which passes the arguments to the script and enforces the time limit.
 *
 * The arguments are part of the text, in quotes. Run Command has parameters, but it inserts them without quotes into a
 * `bash -c` line, drops empty ones, and shows them in the VM's process list (`internal/exec/exec.go` of
 * Azure/run-command-handler-linux).
 *
 * The time limit is enforced by `timeout`. Azure's own limit ends only the shell, and not the processes that it started
 * (same file).
 */
export function limitedScript({ name, text, args, timeoutSeconds }: NamedScript): string {
  const [, shebang = "#!/bin/sh\n", body] = /^(#!.*\n)?([^]*)$/.exec(text)!;
  const restart = `exec timeout --kill-after=${GRACE_SECONDS} ${timeoutSeconds} env VM_SCRIPT=${name} "$0"`;
  return `${shebang}[ "\${VM_SCRIPT-}" = ${name} ] || ${restart}\nset -- ${args.map(shellQuoted).join(" ")}\n${body}`;
}

/** The text of a script that ends another script. Its exit code is 0 if the other one does not run any more. */
export function endingScript(name: string): string {
  return `#!/bin/sh
# timeout passes the signal on to all processes that the script started.
running='^timeout .* VM_SCRIPT=${name} '
pkill -TERM -f "$running"
tries=0
while pgrep -f "$running" >/dev/null; do
  [ "$tries" -lt ${GRACE_SECONDS * 10} ] || exit 1
  tries=$((tries + 1))
  sleep 0.2
done
`;
}

function shellQuoted(argument: string): string {
  return `'${argument.replaceAll("'", String.raw`'\''`)}'`;
}
