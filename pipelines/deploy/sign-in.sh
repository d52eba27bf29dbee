# shellcheck shell=bash
# Lets the providers and the backend sign in with the service connection of the task AzureCLI, in Azure Pipelines:
#   . pipelines/deploy/sign-in.sh
# The task says who signs in. The token is SYSTEM_ACCESSTOKEN, which the step has to pass on; it is exchanged for a new one of
# Azure whenever that is needed, also in the middle of a long deployment.
export ARM_USE_OIDC=true
export ARM_CLIENT_ID=$AZURESUBSCRIPTION_CLIENT_ID
export ARM_TENANT_ID=$AZURESUBSCRIPTION_TENANT_ID
export ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID=$AZURESUBSCRIPTION_SERVICE_CONNECTION_ID
ARM_SUBSCRIPTION_ID=$(az account show --query id --output tsv)
export ARM_SUBSCRIPTION_ID
