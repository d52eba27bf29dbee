import type { CloudName } from "../../packages/common/azure";
import type { ResourceManager } from "../../packages/common/azure-client";
import { type Machine, type Preview, previewsOf, publicUseOf } from "../../packages/private-link-preview";
import { azureSource } from "../../packages/private-link-preview/report";
import type { FoundRegistry } from "./read-azure";
import { readSignIns, type SignIns } from "./sign-ins";

/** A resource that runs containers. */
interface Client {
  /** What it is, such as `Kubernetes cluster`. */
  readonly kind: string;
  readonly name: string;
}

/** A network whose DNS returns the public address of the registry. */
interface ClientNetwork {
  readonly virtualNetwork: string;
  /** Its region, where that is known. */
  readonly location?: string;
  /** False where the public address may refuse it. */
  readonly isCertain: boolean;
  readonly machines: readonly Client[];
}

/** Who comes to a registry over its public name, as far as Azure shows it. */
export interface PublicClients {
  readonly networks: readonly ClientNetwork[];
  /** Networks of which it is not known what their DNS returns. */
  readonly notKnown: readonly string[];
  /** What is in no virtual network, as far as is known. */
  readonly elsewhere: readonly Client[];
  /** What could not be read of the networks, in sentences. */
  readonly notRead: readonly string[];
  readonly signIns: SignIns;
}

/** What to read of Azure beside the networks of the settings. */
export interface PublicClientsOptions {
  readonly cloud: CloudName;
  /** IDs of subscriptions. @default - all that the login may read */
  readonly subscription?: readonly string[];
  /** How many days of sign-in events. */
  readonly days: number;
}

/** Reads all networks from Azure, and the sign-in events of a registry. */
export async function readPublicClients(
  azure: ResourceManager,
  registry: FoundRegistry,
  { cloud, subscription, days }: PublicClientsOptions,
): Promise<PublicClients> {
  const signIns = await readSignIns(azure, registry.id, days);
  const options = { azure: true, ...(subscription && { subscription }) };
  const source = (await azureSource(options, [], { ...process.env, ARM_ENVIRONMENT: cloud }))!;
  return publicClients(previewsOf([source]).preview, registry.name, signIns);
}

/** What a preview of all networks and the sign-in events say about the clients of a registry. */
export function publicClients(preview: Preview, registry: string, signIns: SignIns): PublicClients {
  const notRead = preview.findings.flatMap(({ code, message }) => (code === "resources-not-read" ? [message] : []));
  const service = preview.model.registries.find(({ name }) => name.toLowerCase() === registry.toLowerCase());
  if (!service) {
    const absent = `The registry ${registry} is in none of the subscriptions that were read, so it is not known which networks use its public name.`;
    return { networks: [], notKnown: [], elsewhere: [], notRead: [absent, ...notRead], signIns };
  }
  const { networks, notKnown, elsewhere } = publicUseOf(preview, service);
  return {
    networks: networks.map(({ network: { name, location }, isCertain, machines }) => ({
      virtualNetwork: name,
      ...(location !== undefined && { location }),
      isCertain,
      machines: machines.map(clientOf),
    })),
    notKnown: notKnown.map(({ name }) => name),
    elsewhere: elsewhere.map(clientOf),
    notRead,
    signIns,
  };
}

function clientOf({ label, name }: Machine): Client {
  return { kind: label, name };
}
