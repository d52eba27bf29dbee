import { AzureEmulator } from "../../packages/azure-emulator";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Engine, findEngine, WorkingDirectory } from "../../commands/engine/engine";
import { Rehearsal, type RehearsalProps, type Step } from "../../commands/rehearse/rehearsal";
import { parseSettings } from "../../src/settings/load";
import type { Settings } from "../../src/schema";
import { STACK_ID } from "../../src/terraform/stack-files";
import { LACKING } from "./needs.cjs";
import { testUnless } from "./skips";

/** Most milliseconds that a rehearsal of a small network takes, on a busy machine. */
const PATIENCE = 600_000;

/** A test with a rehearsal. Its suite is run only where there are an engine and the providers. */
export function testWithEngine(
  name: string,
  props: Omit<RehearsalProps, "engine">,
  run: (rehearsal: Rehearsal) => Promise<void>,
): void {
  test(
    name,
    async () => {
      const rehearsal = await Rehearsal.start({ engine: findEngine(process.env), ...props });
      try {
        await run(rehearsal);
      } finally {
        await rehearsal.close();
      }
    },
    PATIENCE,
  );
}

/** A test that walks through a page of docs with an engine, or one that is skipped and says why. */
export function testWalk(name: string, run: (engine: Engine) => Promise<void>): void {
  testUnless(LACKING.engine(), name, () => run(findEngine(process.env)), 2 * PATIENCE);
}

/** The steps of a rehearsal that have failed. */
export const failed = (steps: readonly Step[]) => steps.filter(({ passed }) => !passed);

/** Id of a virtual network of somebody else, in a resource group of its own. */
export const networkId = (name: string, subscription = "11111111-2222-3333-4444-555555555555") =>
  `/subscriptions/${subscription}/resourceGroups/rg-${name}/providers/Microsoft.Network/virtualNetworks/vnet-${name}`;

/** Settings of such a network, with its subnet for endpoints. */
export const existing = (virtualNetworkId: string, subnet = "endpoints") => ({
  existing: { virtualNetworkId, endpointSubnetId: `${virtualNetworkId}/subnets/${subnet}` },
});

/** What a landing zone has besides. */
interface LandingZoneProps {
  readonly hubEndpoint?: boolean;
  /** More settings of the registry, and of the second spoke; null for no second spoke. */
  readonly registry?: object;
  readonly two?: object | null;
  /** Further settings. */
  readonly more?: object;
}

/**
 * A network of which little is made here, so that it is made quickly: the hub and two spokes exist, and are somebody
 * else's.
 */
export function landingZone(
  replicas: string[],
  { hubEndpoint = false, registry = {}, two = {}, more = {} }: LandingZoneProps = {},
): Settings {
  return parseSettings({
    registry: { replicas, ...registry },
    hub: { ...existing(networkId("hub")), endpoint: hubEndpoint },
    spokes: [
      { name: "one", location: "swedencentral", ...existing(networkId("one")) },
      ...(two ? [{ name: "two", location: "switzerlandnorth", ...existing(networkId("two")), ...two }] : []),
    ],
    testVms: false,
    ...more,
  });
}

/** A project on this machine whose stack is deployed to an emulated Azure. */
export interface Deployed {
  /** The engine, signed in to the emulated Azure. */
  readonly engine: Engine;
  /** The project's folder, with the state beside the stack, as a synthesis has it. */
  readonly project: string;
  /** The folder of the stack in it, in which the engine runs. */
  readonly folder: string;
}

/** Deploys synthesized Terraform JSON with the real engine, and destroys nothing afterwards. */
export async function withDeployed(stack: object, use: (deployed: Deployed) => Promise<void>): Promise<void> {
  const emulator = await AzureEmulator.start();
  const project = mkdtempSync(join(tmpdir(), "deployed-"));
  try {
    const certificate = join(project, "azure.pem");
    writeFileSync(certificate, emulator.certificate);
    const login = emulator.environment(certificate, "00000000-0000-0000-0000-000000000001");
    const engine = findEngine({ ...process.env, ...login });
    const folder = join(project, "cdktf.out", "stacks", STACK_ID);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "cdk.tf.json"), JSON.stringify(stack));
    const directory = new WorkingDirectory({ engine, folder });
    await directory.init();
    await directory.plan({ out: "plan" });
    await directory.apply("plan");
    await use({ engine, project, folder });
  } finally {
    await emulator.close();
    rmSync(project, { recursive: true });
  }
}

/** The engine, if all providers can be had for it; otherwise why not. */
export function engineWithProviders(): { engine: Engine } | { lacking: string } {
  const lacking = LACKING.engine();
  return lacking === undefined ? { engine: findEngine(process.env) } : { lacking };
}
