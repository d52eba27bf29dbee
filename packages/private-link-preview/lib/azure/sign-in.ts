import {
  ResourceManager,
  cloudFrom,
  connectionErrorFrom,
  resourceManagerFor,
  signIn,
  signedInAs,
} from "../../../common/azure-client";
import type { AzureRead, ReadOptions } from "./azure-read";
import { readFrom } from "./read-from";

/**
 * How often a request is sent again that Azure throttles. It says each time after how many seconds: a few for the bucket of
 * Azure Resource Manager, which is filled each second, and less than five minutes for private DNS.
 */
const RETRIES = 60;

/** Waits of fewer seconds are not told. */
const SHORT_WAIT = 3;

/** Signs in with what the environment has, and reads. */
export async function readAs(options: ReadOptions): Promise<AzureRead> {
  const { env, onProgress } = options;
  const resourceManager = resourceManagerFor(cloudFrom(env), env);
  const onWait = (seconds: number) => {
    if (seconds >= SHORT_WAIT) onProgress(`Azure limits requests, and asks to wait for ${seconds} s`);
  };
  const azure = new ResourceManager(signIn(resourceManager, env), {
    resourceManager,
    patience: { retries: RETRIES, onWait },
  });
  try {
    return await readFrom(azure, signedInAs(env), options);
  } catch (error) {
    throw connectionErrorFrom(error);
  }
}
