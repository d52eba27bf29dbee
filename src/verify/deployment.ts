import { existsSync } from "node:fs";
import { join } from "node:path";
import { type CloudName, CLOUDS, type RegistryHost, normaliseRegion, previewOf } from "private-link-preview";
import { readJsonFile, unique, UserError } from "private-link-preview/util";
import { WorkingDirectory, findEngine } from "../engine/engine";

/** A test VM, and the addresses that its spoke is expected to resolve. */
export interface DeployedVm {
  readonly spoke: string;
  /** Azure id of the VM. */
  readonly id: string;
  /** Name of its virtual network. */
  readonly virtualNetwork: string;
  /** Region of its virtual network. Absent if the state does not have it. */
  readonly region?: string;
  /** Whether its identity is allowed to push images. */
  readonly mayPush: boolean;
  /** Azure id of the private endpoint that its network resolves to. Absent if there is none, or more than one. */
  readonly endpointId?: string;
  /** The addresses that this network resolves according to the state, by host name. */
  readonly expected: Readonly<Record<string, readonly string[]>>;
  /** The region to which its DNS leads the login server, or `azure` if Azure chooses. Null if that is not known. */
  readonly servedBy: string | null;
}

/** What is deployed, according to the Terraform state. */
export interface Deployment {
  readonly cloud: CloudName;
  readonly loginServer: string;
  /** All host names of the registry. The login server is the first. */
  readonly hosts: readonly RegistryHost[];
  readonly vms: readonly DeployedVm[];
}

/**
 * Reads what is deployed from the Terraform state.
 *
 * @param file - path of a file with the output of `terraform show -json`. By default the engine runs in the stack's folder
 * @throws UserError if there is no state, or if nothing is deployed in it
 */
export async function readDeployment(stackFolder: string, env: NodeJS.ProcessEnv, file?: string): Promise<Deployment> {
  return deploymentIn(file === undefined ? await showState(stackFolder, env) : readJsonFile(file));
}

/** The region whose data endpoint a host is. Undefined for any other host. */
export function regionOf(host: string | undefined, { hosts }: Deployment): string | undefined {
  return hosts.find(({ kind, fqdn }) => kind === "data" && fqdn === host)?.region;
}

/** Reads a deployment from the output of `terraform show -json`. */
function deploymentIn(state: unknown): Deployment {
  const outputs = (state as { values?: { outputs?: Record<string, { value: unknown }> } } | null)?.values?.outputs;
  const loginServer = outputs?.login_server?.value;
  if (typeof loginServer !== "string")
    throw new UserError("Nothing is deployed: the Terraform state has no outputs. Run: npm run deploy");
  const { answers, model } = previewOf(state, "the state");
  const registry = model.registries.find(({ hosts }) => hosts.some(({ fqdn }) => fqdn === loginServer));
  if (!registry) throw new UserError(`The Terraform state has no registry with the login server ${loginServer}.`);
  const ids = idsIn((state as { values: { root_module?: StateModule } }).values.root_module ?? {});
  const vms = (outputs?.test_vms?.value ?? {}) as Record<
    string,
    { id: string; virtual_network: string; may_push: boolean }
  >;
  const clouds = Object.keys(CLOUDS) as CloudName[];
  return {
    cloud: clouds.find((cloud) => loginServer.endsWith(`.${CLOUDS[cloud].registrySuffix}`)) ?? "public",
    loginServer,
    // A state may still list regional endpoints that are off by now: nothing answers for their names then.
    hosts: registry.hosts.filter(({ fqdn }) => answers.some(({ host }) => host === fqdn)),
    vms: Object.entries(vms).map(([spoke, { id, virtual_network: virtualNetwork, may_push: mayPush }]) => {
      const own = answers.filter((answer) => answer.virtualNetwork === virtualNetwork);
      const [endpoint, ...others] = unique(own.flatMap(({ endpoints }) => endpoints));
      const endpointId = endpoint === undefined || others.length > 0 ? undefined : ids.get(endpoint);
      const location = model.networks.find(({ name }) => name === virtualNetwork)?.location;
      return {
        spoke,
        id,
        virtualNetwork,
        ...(location !== undefined && { region: normaliseRegion(location) }),
        mayPush,
        ...(endpointId !== undefined && { endpointId }),
        expected: Object.fromEntries(own.map(({ host, addresses }) => [host, [...addresses].sort()])),
        servedBy: own.find(({ host }) => host === loginServer)?.servedBy ?? null,
      };
    }),
  };
}

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

async function showState(stackFolder: string, env: NodeJS.ProcessEnv): Promise<unknown> {
  if (!existsSync(join(stackFolder, ".terraform"))) {
    throw new UserError(
      `Nothing was deployed from this folder: ${join(stackFolder, ".terraform")} does not exist. Run: npm run deploy`,
    );
  }
  return new WorkingDirectory({ engine: findEngine(env), folder: stackFolder }).show();
}
