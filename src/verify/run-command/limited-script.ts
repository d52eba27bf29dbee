/** Seconds between asking a script to end and ending it. */
const GRACE_SECONDS = 5;

/** A script that is to run on a VM. */
export interface NamedScript {
  /** Of letters, digits and hyphens, and given to no other script: what runs is found by it. */
  readonly name: string;
  /** Shell script, with or without its `#!` line. */
  readonly text: string;
  readonly args: readonly string[];
  /** Seconds after which it is ended, with all that it started. */
  readonly timeoutSeconds: number;
}

/**
 * The text to send for a script, so that it gets its arguments and ends in time.
 *
 * The arguments are quoted into the text. Run Command has parameters, but pastes them unquoted into a `bash -c` line,
 * leaves out empty ones, and shows them in the VM's process list (`internal/exec/exec.go` of
 * Azure/run-command-handler-linux).
 *
 * The time limit is `timeout`'s: Azure's own ends the shell alone and leaves running what it started (same file).
 */
export function limited({ name, text, args, timeoutSeconds }: NamedScript): string {
  const [, shebang = "#!/bin/sh\n", body] = /^(#!.*\n)?([^]*)$/.exec(text)!;
  const again = `exec timeout --kill-after=${GRACE_SECONDS} ${timeoutSeconds} env VM_SCRIPT=${name} "$0"`;
  return `${shebang}[ "\${VM_SCRIPT-}" = ${name} ] || ${again}\nset -- ${args.map(quoted).join(" ")}\n${body}`;
}

/** The text of a script that ends another one that still runs; exits with 0 once that is gone. */
export function ending(name: string): string {
  return `#!/bin/sh
# timeout passes the signal on to all that the script started.
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

function quoted(argument: string): string {
  return `'${argument.replaceAll("'", String.raw`'\''`)}'`;
}
