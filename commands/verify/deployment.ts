import { type CloudName, CLOUDS, normaliseRegion, type RegistryHost } from "../../packages/common/azure";
import { isJson, readJsonFile, refuseOthers, unique, UserError } from "../../packages/common/util";
import { type Lookup, type Service, previewOf, toldSteps } from "../../packages/private-link-preview";
import { z } from "zod";
import type { SettingsOption } from "../cli/settings-option";
import { deployedState } from "../synth/deployed-state";
import { VM_ID } from "./run-command/errors";

/** What a network is expected to resolve, according to the state. */
export interface Expected {
  /** What results call the network: its spoke, or its own name where the state has no test VM in it. */
  readonly spoke: string;
  /** Name of the virtual network. */
  readonly virtualNetwork: string;
  /** Region of the virtual network. Absent if the state does not have it. */
  readonly region?: string;
  /** Azure id of the private endpoint that the network resolves to. Absent if there is none, or more than one. */
  readonly endpointId?: string;
  /** The addresses that the network resolves according to the state, by host name. */
  readonly expected: Readonly<Record<string, readonly string[]>>;
  /** The host names that it uses over their public addresses according to the state. @default - none */
  readonly publicNames?: readonly string[];
  /** How its DNS comes to each answer according to the state, in sentences, by host name. @default - not known */
  readonly trace?: Readonly<Record<string, string>>;
  /** The region to which its DNS leads the login server, or `azure` if Azure chooses. Null if that is not known. */
  readonly servedBy: string | null;
}

/** A VM, and what its network is expected to resolve. */
export interface DeployedVm extends Expected {
  /** Azure id of the VM. */
  readonly id: string;
  /** Whether its identity is allowed to push images. */
  readonly mayPush: boolean;
  /** Whether it is a VM of the user, and not a test VM: nothing is installed on it. @default false */
  readonly own?: boolean;
}

/** A network in the state that is expected to resolve the registry. */
export interface DeployedNetwork extends Expected {
  /** Azure id of the network. Absent if the state does not have it. */
  readonly networkId?: string;
  /** CIDR ranges. */
  readonly addressSpace: readonly string[];
}

/** What is deployed, according to the Terraform state. */
export interface Deployment {
  readonly cloud: CloudName;
  readonly loginServer: string;
  /** All host names of the registry. The login server is the first. */
  readonly hosts: readonly RegistryHost[];
  /** The VMs to verify on. By default the test VMs. */
  readonly vms: readonly DeployedVm[];
  /** Every network that is expected to resolve the registry. Those with an endpoint of their own are first. */
  readonly networks: readonly DeployedNetwork[];
  /** Who is let in over the public name. @default "disabled" */
  readonly publicAccess?: Service["publicAccess"];
  /** Whether others write the DNS records. @default false */
  readonly recordsByOthers?: boolean;
}

/**
 * Reads what is deployed from the Terraform state.
 *
 * @param file - path of a file with the output of `terraform show -json`. By default the engine shows the state
 * @throws UserError if there is no state, if it is something else, if nothing is deployed in it, or if its login server is
 *   not that of a registry in Azure
 */
export async function readDeployment(options: SettingsOption, file?: string): Promise<Deployment> {
  if (file === undefined) return deploymentIn(await deployedState(options), "the Terraform state");
  const source = file === "-" ? "standard input" : file;
  return deploymentIn(readJsonFile(file), source);
}

/** The region whose data endpoint a host is. Undefined for any other host. */
export function regionOf(host: string | undefined, { hosts }: Deployment): string | undefined {
  return hosts.find(({ kind, fqdn }) => kind === "data" && fqdn === host)?.region;
}

/** Reads a deployment from the output of `terraform show -json`, and says what else it is if it is not that. */
export function deploymentIn(state: unknown, source: string): Deployment {
  const { outputs, root_module: root = {} } = valuesIn(state, source);
  const loginServer = loginServerIn(outputs, source);
  const { answers, lookups, model } = previewOf(state, source);
  const registry = model.registries.find(({ hosts }) => hosts[0]?.fqdn === loginServer.name);
  if (!registry) throw new UserError(`${source} has no registry with the login server ${loginServer.name}.`);
  const ids = idsIn(root);
  // A state may still list regional endpoints that are off by now: nothing answers for their names then.
  const hosts = registry.hosts.filter(({ fqdn }) => answers.some(({ host }) => host === fqdn));
  const testVms = vmsIn(outputs, source);
  const spokeOf = (network: string) => testVms.find(([, vm]) => vm.virtual_network === network)?.[0];
  const networks = model.networks
    .filter(({ outside }) => !outside)
    .flatMap(({ address, name, location, addressSpace }) => {
      const own = answers.filter(({ virtualNetwork }) => virtualNetwork === name);
      if (own.length === 0) return [];
      const [endpoint, ...others] = unique(own.flatMap(({ endpoints }) => endpoints));
      const endpointId = endpoint === undefined || others.length > 0 ? undefined : ids.get(endpoint);
      const networkId = ids.get(address) ?? (address.startsWith("/") ? address : undefined);
      const isIn = model.endpoints.some((one) => one.address === endpoint && one.network?.address === address);
      const publicNames = own.flatMap(({ answeredBy, reachable, host }) =>
        answeredBy === "public" && reachable !== false ? [host] : [],
      );
      const network: DeployedNetwork = {
        spoke: spokeOf(name) ?? name,
        virtualNetwork: name,
        ...(networkId !== undefined && { networkId }),
        addressSpace,
        ...(location !== undefined && { region: normaliseRegion(location) }),
        ...(endpointId !== undefined && ENDPOINT_ID.test(endpointId) && { endpointId }),
        expected: Object.fromEntries(own.map(({ host, addresses }) => [host, [...addresses].sort()])),
        ...(publicNames.length > 0 && { publicNames }),
        trace: Object.fromEntries(
          lookups.flatMap((lookup) => (lookup.network.name === name ? [[lookup.host.fqdn, dnsText(lookup)]] : [])),
        ),
        servedBy: own.find(({ host }) => host === loginServer.name)?.servedBy ?? null,
      };
      return [{ network, isIn }];
    })
    .sort((a, b) => Number(b.isIn) - Number(a.isIn))
    .map(({ network }) => network);
  return {
    cloud: loginServer.cloud,
    ...("dns_records" in outputs && { recordsByOthers: true }),
    loginServer: loginServer.name,
    publicAccess: registry.publicAccess,
    hosts,
    vms: testVms.map(([spoke, { id, virtual_network: virtualNetwork, may_push: mayPush }]) => {
      const network = networks.find((one) => one.virtualNetwork === virtualNetwork);
      return { virtualNetwork, expected: {}, servedBy: null, ...network, spoke, id, mayPush };
    }),
    networks,
  };
}

/** The steps of a lookup in the network's DNS, from the servers that it asks to what the record holds, in sentences. */
function dnsText(lookup: Lookup): string {
  const inDns = ["dns", "rule", "zone", "record"];
  const told = toldSteps(lookup).filter(({ kind }) => inDns.includes(kind));
  return told.map(({ text }) => text).join(" ");
}

/** Name of a registry: "5 to 50 alphanumeric characters", in Azure's naming rules. */
const REGISTRY_NAME = /^[a-z0-9]{5,50}$/;

/**
 * Azure id of a private endpoint. It becomes a part of a URL to which a token is sent, so it may contain nothing that leads
 * to another host.
 */
const ENDPOINT_ID =
  /^\/subscriptions\/[\w-]+\/resourceGroups\/[\p{L}\p{N}_.()-]+\/providers\/Microsoft\.Network\/privateEndpoints\/[\w.-]+$/iu;

const SHOW = "the output of terraform show -json, which prints the state";

type Outputs = Readonly<Record<string, { readonly value?: unknown } | undefined>>;

/** The values in a state. */
function valuesIn(state: unknown, source: string): { outputs: Outputs; root_module?: StateModule | undefined } {
  const is = (what: string) => new UserError(`${source} is ${what}. Give ${SHOW}.`);
  if (!isJson(state)) throw is("JSON, but no Terraform state");
  refuseOthers(state, source);
  if ("planned_values" in state) throw is("a Terraform plan, which has no deployed addresses");
  if (!("values" in state)) {
    if ("resource" in state || "terraform" in state) throw is("a Terraform configuration");
    if (!("format_version" in state)) throw is("JSON, but no Terraform state");
    throw new UserError(`Nothing is deployed: ${source} is an empty Terraform state. Run: npm run deploy`);
  }
  const values = STATE_VALUES.safeParse(state.values);
  if (values.success) return values.data;
  const [issue] = values.error.issues;
  throw is(`not a Terraform state as Terraform prints it, at values.${issue!.path.join(".")}`);
}

/** What of a state is read here. The preview reads the rest. */
const STATE_VALUES = z.object({
  outputs: z.record(z.string(), z.looseObject({ value: z.unknown() })).default({}),
  root_module: z.custom<StateModule>(isJson).optional(),
});

/**
 * The login server in the outputs. The VM sends its token there, so it has to be the name of a registry in one of Azure's
 * clouds.
 */
function loginServerIn({ login_server: output }: Outputs, source: string): { name: string; cloud: CloudName } {
  if (output === undefined) {
    throw new UserError(
      `Nothing is deployed: ${source} has no output login_server. Run: npm run deploy. If it is the state of another configuration, verify can't check that.`,
    );
  }
  const name = output.value;
  for (const cloud of Object.keys(CLOUDS) as CloudName[]) {
    const suffix = `.${CLOUDS[cloud].registrySuffix}`;
    if (typeof name === "string" && name.endsWith(suffix) && REGISTRY_NAME.test(name.slice(0, -suffix.length)))
      return { name, cloud };
  }
  const suffixes = Object.values(CLOUDS).map(({ registrySuffix }) => `NAME.${registrySuffix}`);
  throw new UserError(
    `${source} has the login server ${JSON.stringify(name)}, allowed: ${suffixes.join(", ")}, with a NAME of 5 to 50 lowercase letters and digits. No request was sent to it. Use the state of a deployment of this project.`,
  );
}

/** The test VMs in the outputs, each with the name of its spoke. */
function vmsIn({ test_vms: output }: Outputs, source: string): [string, z.infer<typeof TEST_VM>][] {
  const vms = TEST_VMS.safeParse(output?.value ?? {});
  if (vms.success) return Object.entries(vms.data);
  const [issue] = vms.error.issues;
  throw new UserError(
    `${source} has an output test_vms that is not of this project, at ${issue!.path.join(".") || "its top"}. Use the state of a deployment of this project.`,
  );
}

const TEST_VM = z.object({
  id: z.string().regex(VM_ID),
  virtual_network: z.string(),
  may_push: z.boolean(),
});

/** By spoke. The names are shown in a terminal, so they are as the settings allow them. */
const TEST_VMS = z.record(z.string().regex(/^[\w-]{1,80}$/), TEST_VM);

interface StateModule {
  readonly resources?: readonly { readonly address: string; readonly values?: { readonly id?: string } }[];
  readonly child_modules?: readonly StateModule[];
}

/** Azure ids of the resources in a state, by Terraform address. */
function idsIn({ resources = [], child_modules: children = [] }: StateModule): Map<string, string> {
  return new Map([
    ...resources.flatMap(({ address, values }): [string, string][] =>
      values?.id === undefined ? [] : [[address, values.id]],
    ),
    ...children.flatMap((child) => [...idsIn(child)]),
  ]);
}
