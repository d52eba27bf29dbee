/** Signs in to Azure, and reads from Azure Resource Manager. It loads the Azure SDK, which the errors alone do not. */
export { connectionErrorFrom } from "./errors";
export { type AzureAnswer, ResourceManager, wordsOf } from "./resource-manager";
export {
  ByVariables,
  RESOURCE_MANAGERS,
  type ResourceManagerEndpoint,
  cloudFrom,
  resourceManagerFor,
  signIn,
  signedInAs,
} from "./sign-in";
