# The peer of `plan-cold`: one resource a listed membership, from the same files. It needs no provider but the built-in one,
# and so no network.
locals {
  tenants = [for file in fileset("${path.module}/tenants", "*.yaml") : yamldecode(file("${path.module}/tenants/${file}"))]

  memberships = merge([
    for tenant in local.tenants : merge([
      for list, people in tenant.members : {
        for person in people : "${tenant.name}/${list}/${person}" => { tenant = tenant.name, list = list, person = person }
      }
    ]...)
  ]...)
}

resource "terraform_data" "membership" {
  for_each = local.memberships
  input    = each.value
}
