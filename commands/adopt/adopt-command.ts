import { existsSync } from "node:fs";
import { type CloudName, CLOUDS } from "../../packages/common/azure";
import { ResourceManager, connectionErrorFrom, resourceManagerFor, signIn } from "../../packages/common/azure-client";
import { Progress, print, printExactly, say, terminalColors, terminalWidth } from "../../packages/common/text";
import { JSON_VERSION, printableJson, UsageError, writeNew } from "../../packages/common/util";
import { type Command, EXIT } from "../cli/command";
import { program } from "../cli/program";
import { adopt } from "./adopt";
import { wholeFrom } from "../cli/option-values";
import { adoptedText } from "./adopt-text";
import { type PublicClients, readPublicClients } from "./public-clients";
import { publicClientsText } from "./public-clients-text";
import { type FoundRegistry, readAzure } from "./read-azure";

interface Options {
  readonly hub: readonly string[];
  readonly spokes: readonly string[];
  readonly registry?: string;
  readonly output: string;
  readonly cloud: string;
  readonly publicClients?: boolean;
  readonly subscription?: readonly string[];
  readonly days?: number;
  readonly json?: boolean;
}

/** `npm run adopt`: writes settings for networks and a registry that exist. */
export const command: Command = async (args) => {
  const options = program("adopt", "It only reads. Exit status 1, and nothing written, if something is missing.")
    .requiredOption("--hub <ids...>", "ID of the virtual network of the hub, or of each of several")
    .requiredOption("--spokes <ids...>", "IDs of the virtual networks of the spokes")
    .option("--registry <id>", "ID of a registry to use, in place of creating one")
    .option("--output <file>", "file to write the settings to, which must not exist", "adopted.json")
    .option("--cloud <name>", `Azure cloud: ${Object.keys(CLOUDS).join(", ")}`, "public")
    .option("--public-clients", "with --registry: also list who uses its public name, from all networks and its events")
    .option(
      "--subscription <id>",
      "with --public-clients: a subscription to read, by default all that the login may read; can be repeated",
      (id: string, before?: readonly string[]) => [...(before ?? []), id],
    )
    .option(
      "--days <n>",
      `with --public-clients: how many days of sign-in events to read (default: ${DAYS})`,
      wholeFrom(1),
    )
    .option("--json", "print settings, choices and findings as JSON")
    .parse(args, { from: "user" })
    .opts<Options>();
  const { hub, spokes, registry, output, cloud, json } = options;
  refuseWrong(options);
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
  const clients = await clientsOf(azure, found.registry, name, options);
  const isWrong = adopted.findings.some(({ severity }) => severity === "error");
  if (!isWrong) write(output, json, `${printableJson({ privateRegistry: adopted.settings })}\n`);
  print(
    json
      ? printableJson({ version: JSON_VERSION, ...adopted, ...(clients && { publicClients: clients }) })
      : [
          ...(clients ? [publicClientsText(clients, found.registry!.name, terminalColors, terminalWidth())] : []),
          adoptedText(adopted, output, terminalColors, terminalWidth()),
        ].join("\n\n"),
  );
  return isWrong ? EXIT.wrong : EXIT.done;
};

/** How many days of sign-in events are read where nobody says it. */
const DAYS = 14;

/** @throws UsageError if options do not go together */
function refuseWrong({ registry, publicClients, subscription, days }: Options): void {
  if (publicClients && registry === undefined)
    throw new UsageError("--public-clients: found it without --registry, allowed: both together");
  if (publicClients) return;
  for (const [name, value] of Object.entries({ subscription, days }))
    if (value !== undefined)
      throw new UsageError(`--${name}: found it without --public-clients, allowed: both together`);
}

/** Who uses the public name of the registry, where the options ask for it, and it lets anybody in. */
async function clientsOf(
  azure: ResourceManager,
  registry: FoundRegistry | undefined,
  cloud: CloudName,
  { publicClients, subscription, days = DAYS }: Options,
): Promise<PublicClients | undefined> {
  if (!publicClients || !registry) return undefined;
  if (registry.publicAccess === false) {
    say(`${registry.name} refuses all requests over its public name, so nobody uses it.`);
    return undefined;
  }
  return readPublicClients(azure, registry, { cloud, days, ...(subscription && { subscription }) });
}

/** Writes the settings, which took minutes to read: where that is not possible any more, they are printed. */
function write(output: string, json: boolean | undefined, settings: string): void {
  try {
    writeNew(output, settings);
  } catch (error) {
    if (!json) printExactly(settings);
    throw error;
  }
}
