import { RootConstruct } from "constructs";
import type { Settings } from "../../src/settings/schema";
import { PrivateRegistryStack } from "../../src/stack";
import type { StackPlace } from "../../src/terraform/stack-folder";

/** The stack of these settings, without an app: nothing is written. */
export function stackInMemory(settings: Settings, place?: StackPlace): PrivateRegistryStack {
  return new PrivateRegistryStack(new RootConstruct(), settings, place);
}
