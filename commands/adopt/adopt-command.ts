import { existsSync } from "node:fs";
import { type CloudName, CLOUDS } from "../../packages/common/azure";
import { ResourceManager, connectionErrorFrom, resourceManagerFor, signIn } from "../../packages/common/azure-client";
import { Progress, print, printExactly, terminalColors, terminalWidth } from "../../packages/common/text";
import { JSON_VERSION, printableJson, UsageError, writeNew } from "../../packages/common/util";
import { type Command, EXIT } from "../cli/command";
import { program } from "../cli/program";
import { adopt } from "./adopt";
import { adoptedText } from "./adopt-text";
import { readAzure } from "./read-azure";

interface Options {
  readonly hub: readonly string[];
  readonly spokes: readonly string[];
  readonly registry?: string;
  readonly output: string;
  readonly cloud: string;
  readonly json?: boolean;
}

/** `npm run adopt`: writes settings for networks and a registry that exist. */
export const command: Command = async (args) => {
  const { hub, spokes, registry, output, cloud, json } = program(
    "adopt",
    "It only reads. Exit status 1, and nothing written, if something is missing.",
  )
    .requiredOption("--hub <ids...>", "ID of the virtual network of the hub, or of each of several")
    .requiredOption("--spokes <ids...>", "IDs of the virtual networks of the spokes")
    .option("--registry <id>", "ID of a registry to use, in place of creating one")
    .option("--output <file>", "file to write the settings to, which must not exist", "adopted.json")
    .option("--cloud <name>", `Azure cloud: ${Object.keys(CLOUDS).join(", ")}`, "public")
    .option("--json", "print settings, choices and findings as JSON")
    .parse(args, { from: "user" })
    .opts<Options>();
  if (!Object.hasOwn(CLOUDS, cloud))
    throw new UsageError(`--cloud: found ${cloud}, allowed: ${Object.keys(CLOUDS).join(", ")}`);
  const name = cloud as CloudName;
  if (existsSync(output))
    throw new UsageError(`--output: ${output} exists, and nothing is written over it. Give another file.`);
  const resourceManager = resourceManagerFor(name, process.env);
  const azure = new ResourceManager(signIn(resourceManager, process.env), { resourceManager });
  const progress = new Progress();
  const wanted = { cloud: name, hubs: hub, spokes, ...(registry !== undefined && { registry }) };
  const found = await readAzure(azure, wanted, (text) => {
    progress.update(text);
  })
    .catch((error: unknown) => {
      throw connectionErrorFrom(error);
    })
    .finally(() => {
      progress.clear();
    });
  const adopted = adopt(found, name);
  const isWrong = adopted.findings.some(({ severity }) => severity === "error");
  if (!isWrong) write(output, json, `${printableJson({ privateRegistry: adopted.settings })}\n`);
  print(
    json
      ? printableJson({ version: JSON_VERSION, ...adopted })
      : adoptedText(adopted, output, terminalColors, terminalWidth()),
  );
  return isWrong ? EXIT.wrong : EXIT.done;
};

/** Writes the settings, which took minutes to read: where that is not possible any more, they are printed. */
function write(output: string, json: boolean | undefined, settings: string): void {
  try {
    writeNew(output, settings);
  } catch (error) {
    if (!json) printExactly(settings);
    throw error;
  }
}
