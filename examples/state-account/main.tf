# The storage account in which the states of all environments are: private, versioned, and protected from deletion. It is no
# part of the stack, so that nobody who destroys an environment destroys its state.

terraform {
  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = "4.81.0"
    }
  }
}

variable "name" {
  description = "Name of the storage account, unique across Azure: 3 to 24 lowercase letters and digits."
  type        = string
}

variable "location" {
  type    = string
  default = "swedencentral"
}

variable "principals" {
  description = "Object IDs of the people and pipelines that read and write states."
  type        = set(string)
}

variable "allowed_ips" {
  description = "Public IPv4 addresses and ranges from which the account can be reached, such as those of an office. All others are refused."
  type        = set(string)
}

provider "azurerm" {
  resource_provider_registrations = "none"
  # The account accepts no keys.
  storage_use_azuread = true
  features {}
}

resource "azurerm_resource_group" "this" {
  name     = "rg-terraform-state"
  location = var.location
}

resource "azurerm_storage_account" "this" {
  name                             = var.name
  resource_group_name              = azurerm_resource_group.this.name
  location                         = azurerm_resource_group.this.location
  account_tier                     = "Standard"
  account_replication_type         = "ZRS"
  min_tls_version                  = "TLS1_2"
  shared_access_key_enabled        = false
  default_to_oauth_authentication  = true
  allow_nested_items_to_be_public  = false
  cross_tenant_replication_enabled = false
  local_user_enabled               = false

  blob_properties {
    versioning_enabled = true
    delete_retention_policy {
      days = 30
    }
    container_delete_retention_policy {
      days = 30
    }
  }

  network_rules {
    default_action = "Deny"
    bypass         = ["None"]
    ip_rules       = var.allowed_ips
  }
}

resource "azurerm_storage_container" "this" {
  name               = "state"
  storage_account_id = azurerm_storage_account.this.id
}

resource "azurerm_role_assignment" "this" {
  for_each             = var.principals
  scope                = azurerm_storage_account.this.id
  role_definition_name = "Storage Blob Data Contributor"
  principal_id         = each.value
}

resource "azurerm_management_lock" "this" {
  name       = "state"
  scope      = azurerm_storage_account.this.id
  lock_level = "CanNotDelete"
  notes      = "Keeps the states of all environments."
  depends_on = [azurerm_storage_container.this, azurerm_role_assignment.this]
}
