import { RootConstruct } from "constructs";
import type { Settings } from "../../src/schema";
import { PrivateRegistryStack } from "../../src/stack";
import type { StackFiles } from "../../src/terraform/stack-files";

/** The stack of these settings, without an app: nothing is written. */
export function stackInMemory(settings: Settings, files?: StackFiles): PrivateRegistryStack {
  return new PrivateRegistryStack(new RootConstruct(), settings, files);
}
