import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type AzureEmulator, PUBLIC_ADDRESS } from "../../../packages/azure-emulator";
import { UserError } from "../../../packages/common/util";
import { isSameId } from "../../../src/terraform/resource-id";
import type { Deployment } from "../../verify/deployment";
import { EndpointConnections } from "../../verify/endpoint-connection";
import { askFromHere } from "../../verify/outside";
import { type Pushed, push } from "../../verify/push";
import { type Verification, type VerifyProps, verify } from "../../verify/verify";
import { EmulatedMachines } from "./machines";

const HELLO = join(__dirname, "..", "..", "..", "docker-hello");
const IMAGE = "sample/hello-world:v1";
/** A client on the internet: an address that stands for any in documentation (RFC 5737). */
const OUTSIDE = { address: "203.0.113.7" };

/** A deployment to the emulated Azure, in which images are pushed and pulled by the scripts that run on its test VMs. */
export class Walk {
  private readonly props: VerifyProps;

  private constructor(
    azure: AzureEmulator,
    deployment: Deployment,
    private readonly machines: EmulatedMachines,
    port: number,
  ) {
    const { loginServer: host } = deployment;
    const resourceOf = (id: string) => azure.resources.find((one) => isSameId(one.id, id));
    this.props = {
      deployment,
      scripts: machines,
      connections: new EndpointConnections({
        get: (id) => Promise.resolve({ status: resourceOf(id) ? 200 : 404, body: { ...resourceOf(id) }, headers: {} }),
      }),
      image: IMAGE,
      start: false,
      signal: new AbortController().signal,
      onProgress: () => undefined,
      ask: (name, signal) => {
        const options = { host: "127.0.0.1", port, ca: azure.certificate, servername: host, headers: { host } };
        return askFromHere(name, signal, options, () => Promise.resolve([{ address: PUBLIC_ADDRESS }]));
      },
    };
  }

  /**
   * @param folder - temporary
   * @param lacking - why machines can't be in network namespaces. @default - it is found out
   * @throws UserError if there are no test VMs, or if their scripts can't be run here
   */
  public static async start(
    azure: AzureEmulator,
    deployment: Deployment,
    folder: string,
    lacking?: string,
  ): Promise<Walk> {
    if (!deployment.vms.some(({ mayPush }) => mayPush))
      throw new UserError('--pull runs on the test VMs, of which there is none that may push. Set "testVms": true.');
    const outside = await azure.listenForRegistries({ from: OUTSIDE }, { host: "127.0.0.1", port: 0 });
    const machines = new EmulatedMachines(azure, deployment, folder, lacking);
    return new Walk(azure, deployment, machines, (outside.address() as AddressInfo).port);
  }

  /** What is not as on a VM of Azure. */
  public get limits(): string[] {
    const { lacking } = this.machines;
    return [
      "The scripts were not sent by Run Command.",
      ...(lacking === undefined
        ? []
        : [
            `There are no network namespaces (${lacking}): a stand-in for getent has the answers of DNS, and curl is told where to connect to. What is not reachable is cut off.`,
          ]),
      "No Docker daemon runs: a stand-in pushed and pulled the files of docker-hello without their base image, and ran them without a container.",
      "Security groups, routes and firewalls have no effect.",
      `"From here" is from the public address ${OUTSIDE.address}.`,
    ];
  }

  /** Builds and pushes the image on a test VM. */
  public push(): Promise<Pushed> {
    return push(HELLO, this.props);
  }

  /** Pulls the image on each test VM, and judges what it met on the way. */
  public pull(): Promise<Verification> {
    return verify(this.props);
  }
}
