# A storage account and a key vault that two networks use through private endpoints, with one private DNS zone for each
# service. It has nothing to do with the registry of this project: it shows what private-link-preview says about other
# people's Terraform. plan.json and plan-with-findings.json are its plans, as terraform show -json prints them.

terraform {
  required_version = ">= 1.5"
  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = "~> 4.0"
    }
  }
}

provider "azurerm" {
  features {}
}

variable "location" {
  type    = string
  default = "westeurope"
}

variable "peered_both_ways" {
  description = "Whether the network of the endpoints is peered with that of the app too. Without it, no traffic flows."
  type        = bool
  default     = true
}

data "azurerm_client_config" "current" {}

resource "azurerm_resource_group" "shop" {
  name     = "rg-shop"
  location = var.location
}

resource "azurerm_virtual_network" "data" {
  name                = "vnet-shop-data"
  resource_group_name = azurerm_resource_group.shop.name
  location            = var.location
  address_space       = ["10.40.0.0/16"]
}

resource "azurerm_subnet" "endpoints" {
  name                 = "endpoints"
  resource_group_name  = azurerm_resource_group.shop.name
  virtual_network_name = azurerm_virtual_network.data.name
  address_prefixes     = ["10.40.1.0/24"]
}

resource "azurerm_virtual_network" "app" {
  name                = "vnet-shop-app"
  resource_group_name = azurerm_resource_group.shop.name
  location            = var.location
  address_space       = ["10.41.0.0/16"]
}

resource "azurerm_virtual_network_peering" "app_to_data" {
  name                      = "app-to-data"
  resource_group_name       = azurerm_resource_group.shop.name
  virtual_network_name      = azurerm_virtual_network.app.name
  remote_virtual_network_id = azurerm_virtual_network.data.id
}

resource "azurerm_virtual_network_peering" "data_to_app" {
  count                     = var.peered_both_ways ? 1 : 0
  name                      = "data-to-app"
  resource_group_name       = azurerm_resource_group.shop.name
  virtual_network_name      = azurerm_virtual_network.data.name
  remote_virtual_network_id = azurerm_virtual_network.app.id
}

resource "azurerm_storage_account" "orders" {
  name                          = "stshoporders"
  resource_group_name           = azurerm_resource_group.shop.name
  location                      = var.location
  account_tier                  = "Standard"
  account_replication_type      = "ZRS"
  public_network_access_enabled = false
}

resource "azurerm_key_vault" "secrets" {
  name                          = "kv-shop-secrets"
  resource_group_name           = azurerm_resource_group.shop.name
  location                      = var.location
  tenant_id                     = data.azurerm_client_config.current.tenant_id
  sku_name                      = "standard"
  public_network_access_enabled = false
}

resource "azurerm_private_dns_zone" "blob" {
  name                = "privatelink.blob.core.windows.net"
  resource_group_name = azurerm_resource_group.shop.name
}

resource "azurerm_private_dns_zone" "vault" {
  name                = "privatelink.vaultcore.azure.net"
  resource_group_name = azurerm_resource_group.shop.name
}

resource "azurerm_private_dns_zone_virtual_network_link" "blob_data" {
  name                  = "data"
  resource_group_name   = azurerm_resource_group.shop.name
  private_dns_zone_name = azurerm_private_dns_zone.blob.name
  virtual_network_id    = azurerm_virtual_network.data.id
  # Names of other teams that the zone lacks are looked up in public DNS.
  resolution_policy = "NxDomainRedirect"
}

resource "azurerm_private_dns_zone_virtual_network_link" "blob_app" {
  name                  = "app"
  resource_group_name   = azurerm_resource_group.shop.name
  private_dns_zone_name = azurerm_private_dns_zone.blob.name
  virtual_network_id    = azurerm_virtual_network.app.id
  resolution_policy     = "NxDomainRedirect"
}

resource "azurerm_private_dns_zone_virtual_network_link" "vault_data" {
  name                  = "data"
  resource_group_name   = azurerm_resource_group.shop.name
  private_dns_zone_name = azurerm_private_dns_zone.vault.name
  virtual_network_id    = azurerm_virtual_network.data.id
  resolution_policy     = "NxDomainRedirect"
}

resource "azurerm_private_dns_zone_virtual_network_link" "vault_app" {
  name                  = "app"
  resource_group_name   = azurerm_resource_group.shop.name
  private_dns_zone_name = azurerm_private_dns_zone.vault.name
  virtual_network_id    = azurerm_virtual_network.app.id
  resolution_policy     = "NxDomainRedirect"
}

resource "azurerm_private_endpoint" "blob" {
  name                = "pep-shop-orders"
  resource_group_name = azurerm_resource_group.shop.name
  location            = var.location
  subnet_id           = azurerm_subnet.endpoints.id

  private_service_connection {
    name                           = "orders"
    private_connection_resource_id = azurerm_storage_account.orders.id
    subresource_names              = ["blob"]
    is_manual_connection           = false
  }

  private_dns_zone_group {
    name                 = "default"
    private_dns_zone_ids = [azurerm_private_dns_zone.blob.id]
  }
}

resource "azurerm_private_endpoint" "vault" {
  name                = "pep-shop-secrets"
  resource_group_name = azurerm_resource_group.shop.name
  location            = var.location
  subnet_id           = azurerm_subnet.endpoints.id

  private_service_connection {
    name                           = "secrets"
    private_connection_resource_id = azurerm_key_vault.secrets.id
    subresource_names              = ["vault"]
    is_manual_connection           = false
  }

  private_dns_zone_group {
    name                 = "default"
    private_dns_zone_ids = [azurerm_private_dns_zone.vault.id]
  }
}
