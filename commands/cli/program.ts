import { Command, type ParseOptions } from "commander";
import { PARSER_OUTPUT } from "../../packages/common/text";
import { joinWords, UsageError } from "../../packages/common/util";
import { version } from "../../package.json";
import { COMMANDS, type CommandName } from "./catalogue";
import { EXIT } from "./command";
import { Invocation } from "./invocation";
import { Ended } from "./run";

/** A parser of options that knows how npm calls it. */
class Program extends Command {
  constructor(private readonly invocation: Invocation) {
    super(invocation.usage);
  }

  /**
   * Parses the arguments. Values of options with a `<file>` or a `<folder>` are paths as seen from the user's folder.
   *
   * @throws UsageError if npm took options for its own
   * @throws Ended if the arguments ask for help, or are wrong
   */
  public override parse(args: readonly string[], options: ParseOptions): this {
    this.refuseSwallowed(args);
    super.parse(args, options);
    for (const option of this.options) {
      const value: unknown = this.getOptionValue(option.attributeName());
      if (!/<(file|folder)>/.test(option.flags) || value === undefined) continue;
      const path = (one: unknown) => this.invocation.pathOf(String(one));
      this.setOptionValue(option.attributeName(), Array.isArray(value) ? value.map(path) : path(value));
    }
    return this;
  }

  private refuseSwallowed(args: readonly string[]): void {
    const known = this.options.flatMap(({ long }) => (long && long !== "--version" ? [long] : []));
    const swallowed = this.invocation.swallowed(known.filter((option) => !args.includes(option)));
    if (swallowed.length === 0) return;
    const { name } = this.invocation;
    const values = swallowed.filter(({ option }) => this.takesValue(option));
    // npm leaves the value of an option that it does not know where it was: as an argument.
    const isMeant = values.length === 1 && args.length === 1;
    const options = swallowed.map(({ option, value }) => {
      if (!this.takesValue(option)) return option;
      if (value !== "true") return `${option} ${quoted(value)}`;
      return `${option} ${isMeant ? quoted(args[0]!) : /<[^<>]*>/.exec(this.optionOf(option).flags)![0]}`;
    });
    const rest = isMeant && values.some(({ value }) => value === "true") ? [] : args;
    throw new UsageError(
      `npm took ${joinWords(swallowed.map(({ option }) => option))} for itself, so ${name} did not get it. Put two hyphens before the options of ${name}: ${this.invocation.line([...options, ...rest.map(quoted)].join(" "))}`,
    );
  }

  private takesValue(long: string): boolean {
    return this.optionOf(long).required;
  }

  private optionOf(long: string) {
    return this.options.find((option) => option.long === long)!;
  }
}

/** An argument as shells take it; in double quotes, which all of them have, where it has blanks. */
function quoted(arg: string): string {
  return /\s/.test(arg) ? `"${arg}"` : arg;
}

/**
 * The option parser of a command in the catalogue, to which the command adds its options. If the arguments ask for help
 * or are wrong, parsing them throws {@link Ended}.
 *
 * @param more - what `--help` says in addition to the summary in the catalogue
 */
export function program(name: CommandName, more = ""): Command {
  const invocation = new Invocation(name);
  return new Program(invocation)
    .description(`${COMMANDS.get(name)!.does} ${more}`.trim())
    .version(version, "--version", "show the version of this project")
    .helpOption("--help", "show this help")
    .addHelpText("after", `\nExample:\n  ${invocation.example}`)
    .configureOutput(PARSER_OUTPUT)
    .showHelpAfterError(`To show all options: ${invocation.line("--help")}`)
    .exitOverride(({ exitCode, message }) => {
      throw exitCode === 0 ? new Ended(EXIT.done) : new Ended(EXIT.usage, message.replace(/^error: /, ""));
    });
}

/** Parses the arguments of a command without options. */
export function withoutOptions(name: CommandName, args: readonly string[]): void {
  program(name).parse(args, { from: "user" });
}
