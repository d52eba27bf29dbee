terraform {
  required_version = ">= 1.5"

  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = "~> 4.0"
    }
  }

  # Nobody can reach this state from a rehearsal.
  backend "azurerm" {
    resource_group_name  = "rg-state"
    storage_account_name = "state"
    container_name       = "tfstate"
    key                  = "dev.tfstate"
  }
}

provider "azurerm" {
  subscription_id = "11111111-2222-3333-4444-555555555555"
  use_oidc        = true

  features {
    resource_group {
      prevent_deletion_if_contains_resources = false
    }
  }
}

provider "azurerm" {
  alias           = "hub"
  subscription_id = "99999999-2222-3333-4444-555555555555"
  use_cli         = true
  features {}
}

variable "spokes" {
  type = map(string)
}

locals {
  prefix = "${terraform.workspace}-${file("${path.module}/../../prefix.txt")}"

  services = {
    storage  = { id = azurerm_storage_account.this.id, subresource = "blob", zone = "privatelink.blob.core.windows.net" }
    vault    = { id = azurerm_key_vault.this.id, subresource = "vault", zone = "privatelink.vaultcore.azure.net" }
    registry = { id = azurerm_container_registry.this.id, subresource = "registry", zone = "privatelink.azurecr.io" }
  }

  # The hub knows every zone, and so does every spoke.
  links = merge([
    for name in keys(local.services) : merge(
      { "${name}-hub" = { zone = name, network = data.azurerm_virtual_network.hub.id } },
      { for spoke in keys(var.spokes) : "${name}-${spoke}" => { zone = name, network = azurerm_virtual_network.spoke[spoke].id } },
    )
  ]...)
}

data "azurerm_client_config" "current" {}

# The hub is another team's.
data "azurerm_virtual_network" "hub" {
  provider            = azurerm.hub
  name                = "vnet-hub"
  resource_group_name = "rg-hub"
}

resource "azurerm_resource_group" "this" {
  name     = "rg-${local.prefix}"
  location = "westeurope"
}

resource "azurerm_virtual_network" "spoke" {
  for_each            = var.spokes
  name                = "vnet-${each.key}"
  location            = azurerm_resource_group.this.location
  resource_group_name = azurerm_resource_group.this.name
  address_space       = [each.value]
}

resource "azurerm_subnet" "endpoints" {
  for_each             = var.spokes
  name                 = "endpoints"
  resource_group_name  = azurerm_resource_group.this.name
  virtual_network_name = azurerm_virtual_network.spoke[each.key].name
  address_prefixes     = [cidrsubnet(each.value, 8, 1)]
}

resource "azurerm_virtual_network_peering" "to_hub" {
  for_each                  = var.spokes
  name                      = "to-hub"
  resource_group_name       = azurerm_resource_group.this.name
  virtual_network_name      = azurerm_virtual_network.spoke[each.key].name
  remote_virtual_network_id = data.azurerm_virtual_network.hub.id
}

resource "azurerm_virtual_network_peering" "from_hub" {
  provider                  = azurerm.hub
  for_each                  = var.spokes
  name                      = "to-${each.key}"
  resource_group_name       = data.azurerm_virtual_network.hub.resource_group_name
  virtual_network_name      = data.azurerm_virtual_network.hub.name
  remote_virtual_network_id = azurerm_virtual_network.spoke[each.key].id
}

resource "azurerm_storage_account" "this" {
  name                     = "st${replace(local.prefix, "-", "")}"
  location                 = azurerm_resource_group.this.location
  resource_group_name      = azurerm_resource_group.this.name
  account_tier             = "Standard"
  account_replication_type = "LRS"
}

resource "azurerm_key_vault" "this" {
  name                = "kv-${local.prefix}"
  location            = azurerm_resource_group.this.location
  resource_group_name = azurerm_resource_group.this.name
  tenant_id           = data.azurerm_client_config.current.tenant_id
  sku_name            = "standard"
}

resource "azurerm_container_registry" "this" {
  name                = "acr${replace(local.prefix, "-", "")}"
  location            = azurerm_resource_group.this.location
  resource_group_name = azurerm_resource_group.this.name
  sku                 = "Premium"
}

resource "azurerm_private_dns_zone" "this" {
  for_each            = local.services
  name                = each.value.zone
  resource_group_name = azurerm_resource_group.this.name
}

resource "azurerm_private_dns_zone_virtual_network_link" "this" {
  for_each              = local.links
  name                  = each.key
  resource_group_name   = azurerm_resource_group.this.name
  private_dns_zone_name = azurerm_private_dns_zone.this[each.value.zone].name
  virtual_network_id    = each.value.network
  resolution_policy     = "NxDomainRedirect"
}

module "endpoint" {
  source   = "../../modules/private-endpoint"
  for_each = local.services

  service = { id = each.value.id, name = each.key, subresource = each.value.subresource }
  zone_id = azurerm_private_dns_zone.this[each.key].id

  subnet = {
    id       = azurerm_subnet.endpoints["one"].id
    location = azurerm_resource_group.this.location
    group    = azurerm_resource_group.this.name
  }
}
