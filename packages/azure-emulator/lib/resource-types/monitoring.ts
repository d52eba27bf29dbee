import { badRequest } from "../arm-error";
import { resourceType } from "../resource-type";

export const workspace = resourceType<{ features?: object }>({
  type: "Microsoft.OperationalInsights/workspaces",
  names: { form: /^[a-z0-9][a-z0-9-]{2,61}[a-z0-9]$/i, allowed: "4 to 63 letters, digits and hyphens" },
  asynchronous: ["create"],
  creatingState: "Creating",
  // The client reads the workspace until it is provisioned.
  polling: () => ({ result: "{id}?api-version=2021-12-01-preview" }),
  uuids: ["customerId"],
  defaults: {
    sku: { name: "PerGB2018" },
    retentionInDays: 30,
    publicNetworkAccessForIngestion: "Enabled",
    publicNetworkAccessForQuery: "Enabled",
    workspaceCapping: { dailyQuotaGb: -1 },
  },
  shape: { features: "object" },
  beforeWrite({ properties }) {
    properties.features = { enableLogAccessUsingOnlyResourcePermissions: true, ...properties.features };
  },
});

/** Deleted workspaces that can be recovered. There are none, but azurerm looks for them before it creates a workspace. */
export const deletedWorkspace = resourceType({
  type: "Microsoft.OperationalInsights/deletedWorkspaces",
  names: { form: /^.+$/, allowed: "any" },
});

export const diagnosticSetting = resourceType<{ workspaceId?: string }>({
  type: "Microsoft.Insights/diagnosticSettings",
  names: { form: /^[^*<>%:&?+/\\]{1,260}$/, allowed: "1 to 260 characters, none of *<>%:&?+/\\" },
  location: "none",
  createdStatus: 200,
  bareErrors: true,
  linkedActions: {
    "Microsoft.OperationalInsights/workspaces/sharedKeys/action": "properties.workspaceId",
  },
  shape: { workspaceId: "string" },
  defaults: { logs: [], metrics: [] },
  beforeWrite({ properties }, store) {
    if (properties.workspaceId !== undefined && !store.has(properties.workspaceId))
      throw badRequest("ResourceNotFound", `There is no workspace ${properties.workspaceId}.`);
  },
});
