import AccessModel
import ConnectorKit
import Definitions
import Lifecycle
import StrictJSON
import TestSupport
import Testing

@testable import ControlPlane

/// What is proposed reaches no system that is not in force as it is.
@Suite struct PreviewTests {
    private func organization(_ change: (inout TargetDefinition) -> Void = { _ in }) throws -> Organization {
        let contents = try DefinitionFolder(TestSystems.packageDirectory + "/Examples/mountainlab").read()
        var organization = try #require(DefinitionCheck(contents).definitions?.organization)
        for index in organization.targets.indices { change(&organization.targets[index]) }
        return organization
    }

    /// Names of the targets that `proposed` would be looked at in.
    private func reached(_ proposed: Organization, inForce: Organization?) -> [String] {
        Installation.connect(proposed, asIn: inForce) { organization in
            ConnectorRegistry.connect(organization, baseDirectory: "/nowhere", clock: { Instant(milliseconds: 0) })
        }.compactMap { target in
            if case .success = target.connector { target.name.text } else { nil }
        }.sorted()
    }

    @Test func onlyWhatIsInForceIsContacted() throws {
        let inForce = try organization()
        let all = inForce.targets.map(\.name.text).sorted()
        #expect(reached(inForce, inForce: inForce) == all && !all.isEmpty)
        // Nothing is in force.
        #expect(reached(inForce, inForce: nil).isEmpty)
        let first = try #require(inForce.targets.first?.name)
        let rest = all.filter { $0 != first.text }
        let changes: [(inout TargetDefinition) -> Void] = [
            { $0.credential = "env:HOME" },
            {
                var settings = $0.settings.object ?? JSONObject()
                settings["path"] = "/tmp/elsewhere"
                $0.settings = .object(settings)
            },
            { $0.connector = "ldap" },
        ]
        for change in changes {
            let proposed = try organization { if $0.name == first { change(&$0) } }
            #expect(reached(proposed, inForce: inForce) == rest)
        }
        // Who looks how fast, and what is covered, changes nobody's address.
        let slower = try organization { $0.limits.requestsPerSecond = 1 }
        #expect(reached(slower, inForce: inForce) == all)
    }
}
