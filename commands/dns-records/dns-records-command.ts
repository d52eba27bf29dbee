import { Option } from "commander";
import { extname } from "node:path";
import { print, printExactly, say, terminalColors, terminalWidth } from "../../packages/common/text";
import { JSON_VERSION, printableJson, readJsonFile, UsageError, writeWhole } from "../../packages/common/util";
import { type Command, EXIT } from "../cli/command";
import { program } from "../cli/program";
import { SETTINGS_OPTION, type SettingsOption, settingsFor } from "../cli/settings-option";
import { deployedState } from "../synth/deployed-state";
import { recordsIn, RIGHTS, type DnsRecord } from "./dns-records";
import { SERVERS, forwardersText } from "./forwarders";
import { csvOf, recordsText } from "./dns-records-text";

interface Options extends SettingsOption {
  readonly state?: string;
  readonly json?: boolean;
  readonly forwarders?: keyof typeof SERVERS;
  readonly output: readonly string[];
}

/** `npm run dns-records`: the record sets that others write, or the forwarders of clients outside Azure. */
export const command: Command = async (args) => {
  const {
    state: file,
    json,
    output,
    forwarders,
    ...options
  } = program("dns-records")
    .option(...SETTINGS_OPTION)
    .option(
      "--state <file>",
      "output of terraform show -json for a state, instead of running the engine; - for standard input",
    )
    .option("--json", "print the records, and the rights to write them, as JSON")
    .option(
      "--output <file>",
      "write them to this file instead: .json or .csv; can be repeated",
      (value: string, before: readonly string[]) => [...before, value],
      [],
    )
    .addOption(
      new Option(
        "--forwarders <server>",
        "print the conditional forwarders of the clients in the settings instead, for their DNS server",
      )
        .choices(Object.keys(SERVERS))
        .conflicts(["state", "json", "output"]),
    )
    .parse(args, { from: "user" })
    .opts<Options>();
  if (forwarders) {
    printExactly(`${forwardersText(forwarders, settingsFor(options).settings)}\n`);
    return EXIT.done;
  }
  const writers = output.map((name) => {
    const format = FORMATS[extname(name).toLowerCase()];
    if (!format)
      throw new UsageError(
        `--output: found ${name}, allowed: a file that ends in ${Object.keys(FORMATS).join(" or ")}`,
      );
    return (records: readonly DnsRecord[]) => {
      writeWhole(name, format(records));
    };
  });
  const records =
    file === undefined
      ? recordsIn(await deployedState(options), "the Terraform state")
      : recordsIn(readJsonFile(file), file === "-" ? "standard input" : file);
  for (const write of writers) write(records);
  if (json) printExactly(jsonOf(records));
  else if (output.length > 0) say(`Wrote ${output.join(" and ")}.`);
  else print(recordsText(records, terminalColors, terminalWidth()));
  return EXIT.done;
};

const jsonOf = (records: readonly DnsRecord[]) =>
  `${printableJson({ version: JSON_VERSION, records, rights: RIGHTS })}\n`;

const FORMATS: Readonly<Record<string, (records: readonly DnsRecord[]) => string>> = { ".json": jsonOf, ".csv": csvOf };
