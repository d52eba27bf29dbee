import { PARSER_OUTPUT, print, say, watchOutput } from "../../common/text/output";
import { Command, CommanderError, InvalidArgumentError } from "commander";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { isIP } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { EXIT } from "../../common/util/exit";
import { versionAt } from "../../common/util/version";
import { UserError } from "../../common/util/user-error";
import { count, printableJson } from "../../common/util/words";
import { writeWhole } from "../../common/util/write-whole";
import { ArmError } from "./arm-error";
import { AzureEmulator } from "./emulator";
import type { SlowPattern } from "./faults";
import { attachZoneGroups } from "./policies";
import { type SavedState, savedStateIn } from "./saved-state";
import { ANY_SUBSCRIPTION } from "./subscription-lists";

/** Options of the command. */
export interface EmulatorCommandOptions {
  readonly port?: number;
  readonly listen?: string;
  readonly proxyPort?: number;
  readonly state?: string;
  readonly certificate?: string;
  readonly slow?: readonly SlowPattern[];
  readonly hold?: readonly SlowPattern[];
  readonly fail?: RegExp;
  readonly throttle?: number;
  readonly replicateLate?: number;
  readonly zoneGroups?: string;
  readonly anyType?: boolean;
}

/**
 * The command `azure-emulator`.
 *
 * @param ended - resolves when the emulator is to end
 * @returns the exit status of the process
 */
export async function main(args: readonly string[], ended?: Promise<unknown>): Promise<number> {
  watchOutput();
  const command = program();
  try {
    command.parse(args, { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    throw error;
  }
  return runEmulator(command.opts<EmulatorCommandOptions>(), ended);
}

/**
 * Runs an emulator until it is told to end, and returns the exit status. Prints the environment variables for the
 * providers on standard output, as `export` lines, and everything else on standard error.
 *
 * @param ended - resolves when the emulator is to end
 */
export async function runEmulator(
  options: EmulatorCommandOptions,
  ended: Promise<unknown> = endSignal(),
): Promise<number> {
  let azure: AzureEmulator;
  let state: SavedState | undefined;
  try {
    state = options.state === undefined ? undefined : stateIn(options.state);
  } catch (error) {
    say(`error: ${(error as Error).message}`);
    return EXIT.failed;
  }
  try {
    azure = await AzureEmulator.start({
      port: options.port,
      listen: options.listen,
      proxyPort: options.proxyPort ?? 0,
      anyType: options.anyType,
      onLacking: (what) => {
        say(`Asked for what the emulator lacks: ${what}`);
      },
      faults: {
        slow: options.slow,
        hold: options.hold,
        failOnce: options.fail,
        throttleEvery: options.throttle,
        replicateLate: options.replicateLate,
      },
      policies: options.zoneGroups === undefined ? [] : [attachZoneGroups(options.zoneGroups)],
    });
  } catch (error) {
    const { port = options.port ?? 0 } = error as { port?: number };
    return failed(`can't listen on port ${port}${options.listen ? ` of ${options.listen}` : ""}`, error);
  }
  const temporary = options.certificate === undefined ? mkdtempSync(join(tmpdir(), "azure-emulator-")) : undefined;
  const certificate = resolve(options.certificate ?? join(temporary!, "azure.pem"));
  try {
    azure.restore(state);
    writeFileSync(certificate, azure.certificate);
    say(
      `The emulated Azure runs at ${azure.endpoint}.\n` +
        `Registries answer at their own names through the proxy ${azure.proxyUrl!}.\n` +
        `Its certificate is in ${certificate}${temporary === undefined ? "" : ", which is deleted at the end"}.\n` +
        "Paste these lines into the shell in which terraform or tofu runs. Ctrl-C ends the emulator.",
    );
    for (const [name, value] of Object.entries(azure.environment(certificate, ANY_SUBSCRIPTION)))
      print(`export ${name}=${quoted(value)}`);
    await ended;
    const lacking = [...azure.lacking].map(([what, number]) => `  ${what} (${count(number, "request")})`);
    if (lacking.length > 0) say(["The emulator lacks what clients asked for:", ...lacking].join("\n"));
    if (options.state !== undefined) {
      writeWhole(options.state, `${printableJson(azure.saved())}\n`, 0o600);
      say(`The state is in ${options.state}.`);
    }
    return EXIT.done;
  } catch (error) {
    if (error instanceof UserError) {
      say(`error: ${error.message}`);
      return EXIT.failed;
    }
    return failed(`can't write the certificate to ${certificate}`, error);
  } finally {
    if (temporary !== undefined) rmSync(temporary, { recursive: true, force: true });
    await azure.close();
  }
}

/** The state in a file; nothing if it does not exist yet. */
function stateIn(file: string): SavedState | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return savedStateIn(readFileSync(file, "utf8"));
  } catch (error) {
    throw error instanceof ArmError ? new UserError(`${file}: ${error.message}`) : error;
  }
}

function program(): Command {
  return emulatorOptions(new Command("azure-emulator"))
    .description(
      "Runs an emulated Azure Resource Manager on this machine, for Terraform's azurerm and azapi providers. It is in " +
        "memory, needs no account, and runs until Ctrl-C. PATTERN is a regular expression that ignores case.",
    )
    .helpOption("--help", "show this")
    .version(versionAt(__dirname), "--version", "print the version")
    .addHelpText("after", "\nExample:\n  azure-emulator --port 8443 --certificate azure.pem")
    .exitOverride()
    .configureOutput({
      ...PARSER_OUTPUT,
      // The suggestion of another option follows on a line of its own.
      outputError: (text, write) => {
        write(
          `${text
            .trim()
            .split("\n")
            .map((line) => line.trim())
            .join(" ")}\n`,
        );
      },
    });
}

/** The option that sets how long operations last. */
export const SLOW_OPTION = [
  "--slow <pattern=seconds>",
  "let each write and deletion of a resource whose id matches last so long, as in Azure: it is Updating or Deleting meanwhile; can be repeated",
  times,
] as const;

/** The option that sets how long requests are held. */
export const HOLD_OPTION = [
  "--hold <pattern=seconds>",
  "hold each request whose path matches for so long before it is answered; can be repeated",
  times,
] as const;

/** Adds the options of an emulator to a command. */
export function emulatorOptions(command: Command): Command {
  return command
    .option("--port <n>", "port to listen on (default: a free one)", wholeNumber(0, 65_535))
    .option(
      "--listen <address>",
      "address to listen on (default: 127.0.0.1); 0.0.0.0 lets everybody in who reaches this machine",
      address,
    )
    .option(
      "--proxy-port <n>",
      "port of the proxy by which clients reach registries at their own names (default: a free one)",
      wholeNumber(0, 65_535),
    )
    .option(
      "--certificate <file>",
      "where to write the certificate, in PEM (default: a temporary file, deleted at the end)",
    )
    .option(
      "--state <file>",
      "file to continue from, if it exists, and to save the state in at the end; it holds secrets",
    )
    .option(...SLOW_OPTION)
    .option(...HOLD_OPTION)
    .option("--fail <pattern>", "refuse the first write and the first deletion of each id that matches", pattern)
    .option("--throttle <n>", "answer every n-th request with status 429", wholeNumber(2, Infinity))
    .option(
      "--replicate-late <seconds>",
      "let the other regions of a registry know so late what is pushed or deleted in one",
      wholeNumber(1, Infinity),
    )
    .option(
      "--zone-groups <zone id>",
      "attach this private DNS zone to each private endpoint, as a policy does",
      zoneId,
    )
    .option(
      "--any-type",
      "keep resources of types without rules as they are written, and serve storage accounts and key vaults themselves",
    );
}

function pattern(text: string): RegExp {
  try {
    return new RegExp(text, "i");
  } catch (error) {
    throw new InvalidArgumentError(`${(error as Error).message}.`);
  }
}

function times(text: string, before: readonly SlowPattern[] = []): SlowPattern[] {
  const [, path = "", seconds = ""] = /^(.+)=(\d+(?:\.\d+)?)$/.exec(text) ?? [];
  if (path === "") throw new InvalidArgumentError("Allowed: PATTERN=SECONDS, such as privateEndpoints=60.");
  return [...before, { pattern: pattern(path), seconds: Number(seconds) }];
}

function wholeNumber(least: number, most: number): (text: string) => number {
  const range = most === Infinity ? `of at least ${least}` : `from ${least} to ${most}`;
  return (text) => {
    const number = Number(text);
    if (!/^\d+$/.test(text) || number < least || number > most)
      throw new InvalidArgumentError(`Allowed: a whole number ${range}.`);
    return number;
  };
}

function address(text: string): string {
  if (isIP(text) === 0) throw new InvalidArgumentError("Allowed: an IP address of this machine, or 0.0.0.0.");
  return text;
}

function zoneId(text: string): string {
  if (
    !/^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.Network\/privateDnsZones\/[^/]+$/i.test(
      text,
    )
  )
    throw new InvalidArgumentError("Allowed: the id of a private DNS zone.");
  return text;
}

function failed(what: string, error: unknown): number {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined) throw error;
  say(`error: ${what}: ${REASONS[code] ?? message}`);
  return EXIT.failed;
}

/** Errors of the operating system that users meet, in words. */
const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: "another program uses it; choose another port",
  EADDRNOTAVAIL: "this machine does not have the address",
  EACCES: "permission denied",
  ENOENT: "there is no such folder",
  EISDIR: "this is a folder",
};

/** A value for a POSIX shell. */
function quoted(value: string): string {
  return /^[\w./:@%+,-]+$/.test(value) ? value : `'${value.replaceAll("'", String.raw`'\''`)}'`;
}

/** Resolves when the process is told to end. */
function endSignal(): Promise<unknown> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, resolve);
  });
}
