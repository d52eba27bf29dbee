import { existsSync } from "node:fs";
import { join } from "node:path";
import { type CloudName, CLOUDS, previewOf } from "private-link-preview";
import { readJsonFile, unique, UserError } from "private-link-preview/util";
import { WorkingDirectory, findEngine } from "../engine/engine";

/** A test VM, and the addresses that its spoke is expected to resolve. */
export interface DeployedVm {
  readonly spoke: string;
  /** Azure id of the VM. */
  readonly id: string;
  /** Name of its virtual network. */
  readonly virtualNetwork: string;
  /** Whether its identity is allowed to push images. */
  readonly mayPush: boolean;
  /** Azure id of the private endpoint that its network resolves to. Absent if there is none, or more than one. */
  readonly endpointId?: string;
  /** The addresses that this network resolves according to the state, by host name. */
  readonly expected: Readonly<Record<string, readonly string[]>>;
}

/** What is deployed, according to the Terraform state. */
export interface Deployment {
  readonly cloud: CloudName;
  readonly loginServer: string;
  /** The data endpoints of all regions. */
  readonly dataEndpoints: readonly string[];
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

/** Reads a deployment from the output of `terraform show -json`. */
function deploymentIn(state: unknown): Deployment {
  const outputs = (state as { values?: { outputs?: Record<string, { value: unknown }> } } | null)?.values?.outputs;
  const loginServer = outputs?.login_server?.value;
  if (typeof loginServer !== "string")
    throw new UserError("Nothing is deployed: the Terraform state has no outputs. Run: npm run deploy");
  const { answers } = previewOf(state, "the state");
  const ids = idsIn((state as { values: { root_module?: StateModule } }).values.root_module ?? {});
  const vms = (outputs?.test_vms?.value ?? {}) as Record<
    string,
    { id: string; virtual_network: string; may_push: boolean }
  >;
  const hosts = unique(answers.map(({ host }) => host));
  const clouds = Object.keys(CLOUDS) as CloudName[];
  return {
    cloud: clouds.find((cloud) => loginServer.endsWith(`.${CLOUDS[cloud].registrySuffix}`)) ?? "public",
    loginServer,
    dataEndpoints: hosts.filter((host) => host !== loginServer),
    vms: Object.entries(vms).map(([spoke, { id, virtual_network: virtualNetwork, may_push: mayPush }]) => {
      const own = answers.filter((answer) => answer.virtualNetwork === virtualNetwork);
      const [endpoint, ...others] = unique(own.flatMap(({ endpoints }) => endpoints));
      const endpointId = endpoint === undefined || others.length > 0 ? undefined : ids.get(endpoint);
      return {
        spoke,
        id,
        virtualNetwork,
        mayPush,
        ...(endpointId !== undefined && { endpointId }),
        expected: Object.fromEntries(own.map(({ host, addresses }) => [host, [...addresses].sort()])),
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
