import AccessModel
import Definitions
import Policies
import TestSupport

/// Policies made from text, as if it were a file of a small organisation.
enum PolicyFiles {
    /// Payments (pci-dss) and shop, with people and a target.
    static func world() -> PlanningWorld {
        var world = PlanningWorld()
        world.builder.tenant("payments", admins: ["marta", "luis"], contributors: ["javi"], readers: ["ana"])
        world.builder.tenant("shop", admins: ["ana"], contributors: ["marta"])
        world.builder.organization.tenants[0].compliance = [Sample.slug("pci-dss")]
        for name in ["marta", "luis", "javi"] { world.person(name, department: "Engineering") }
        world.person("ana", kind: .contractor, department: "Finance")
        return world
    }

    /// The organisation with policies from `policies/p.yaml` and cases from `policies/p.cases.yaml`.
    static func organization(_ text: String, cases: String = "") -> Organization {
        var organization = world().builder.organization
        let reading = DefinitionReader.readPolicies(DefinitionFile(path: "policies/p.yaml", text: text))
        organization.policies = reading.policies
        if !cases.isEmpty {
            organization.policyCases =
                DefinitionReader.readPolicies(DefinitionFile(path: "policies/p.cases.yaml", text: cases)).cases
        }
        return organization
    }

    /// What is said when the text is read and compiled: `CODE FILE:LINE:COLUMN: SEVERITY: MESSAGE`.
    static func diagnostics(_ text: String, cases: String = "") -> [String] {
        let reading = DefinitionReader.readPolicies(DefinitionFile(path: "policies/p.yaml", text: text))
        let compiled = PolicySet.compile(organization(text, cases: cases))
        return (reading.diagnostics + compiled.diagnostics).map { "\($0.code) \($0.text)" }
    }

    /// The world of an organisation with these policies.
    static func world(_ organization: Organization, windows: [Grant] = []) -> PolicyWorld {
        var world = world()
        world.builder.organization = organization
        world.grants = windows
        return PolicyWorld(world.input)
    }

    static func asked(
        _ name: String, _ path: String, reason: String = "INC-1", _ duration: Span = .hours(2)
    ) -> AskedWindow {
        AskedWindow(
            id: "req-1", person: Sample.id("e-\(name)"), group: Sample.group(path), reason: reason, duration: duration)
    }
}
