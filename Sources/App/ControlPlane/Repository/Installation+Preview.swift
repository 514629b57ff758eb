import AccessModel
import ConnectorKit
import Definitions
import Lifecycle
import Persistence
import Policies

extension Installation {
    /// Plans by definitions that somebody proposes. Nothing is written, and nothing is contacted that the definitions in
    /// force do not name: a target whose connection the proposal changes, or makes, is taken as it was seen last, and a
    /// policy agent that it brings is not asked. So a proposal cannot send a credential, or what is planned, elsewhere.
    ///
    /// - Throws: ``BrokenDefinitions`` for what cannot be planned by.
    public func preview(_ check: DefinitionCheck) async throws -> Surveyed {
        let inForce = try await definitionsInForce()
        let targets = inForce?.organization.targets ?? []
        let reading = check.refusingToDrop(targets)
        guard let definitions = reading.definitions else {
            throw BrokenDefinitions(reading.diagnostics, outcome: "nothing was planned")
        }
        let directory = try await database.read { session in try SettingsStore(session).value(.directory) } ?? "."
        let previous = inForce?.revision == definitions.revision ? nil : inForce?.organization
        let reconciler = previewReconciler(inForce, directory)
        let survey = try await reconciler.survey(definitions, previous: previous, person: nil)
        await survey.close()
        let judged = try await reconciler.judge(definitions)
        let unmanaged = try await unmanaged(by: definitions, after: targets)
        return Surveyed(
            survey: survey, diagnostics: (reading.diagnostics + judged + unmanaged).sorted(), usesLastGood: false,
            directory: directory, source: .folder)
    }

    private func previewReconciler(_ inForce: DefinitionSet?, _ directory: String) -> Reconciler {
        let clock = clock
        let organization = inForce?.organization
        let known = organization?.policies.compactMap(\.effects.external) ?? []
        return Reconciler(
            context: context,
            connect: { proposed in
                Self.connect(proposed, asIn: organization) { organization in
                    ConnectorRegistry.connect(organization, baseDirectory: directory, clock: { clock.now() })
                }
            }, clock: clock, agents: KnownPolicyAgents(policyAgents(for: directory), known: known))
    }

    /// Targets of proposed definitions, each connected as the definitions in force say, or not at all.
    static func connect(
        _ proposed: Organization, asIn inForce: Organization?, _ connect: (Organization) -> [ConnectedTarget]
    ) -> [ConnectedTarget] {
        let connected = inForce.map(connect) ?? []
        return proposed.targets.compactMap { target in
            let old = inForce?.targets.first { $0.name == target.name }
            if let old, old.isReached(as: target), let same = connected.first(where: { $0.name == target.name }) {
                return ConnectedTarget(
                    definition: target, abilities: same.abilities, connector: same.connector)
            }
            guard let abilities = ConnectorRegistry.abilities[target.connector] else { return nil }
            let reason = ConnectorError(
                code: .configuration, operation: "look at \(target.name)",
                message: old == nil
                    ? "the target is new, and contacted once this is merged"
                    : "its connection is changed here, and contacted once this is merged")
            return ConnectedTarget(definition: target, abilities: abilities, connector: .failure(reason))
        }
    }
}

extension TargetDefinition {
    /// Whether both are the same system, reached in the same way with the same credential.
    fileprivate func isReached(as other: TargetDefinition) -> Bool {
        connector == other.connector && settings == other.settings && credential == other.credential
    }
}

/// Asks only those agents that the definitions in force ask: policies of a proposal that need another one deny what grants.
struct KnownPolicyAgents: PolicyAgents {
    private let agents: any PolicyAgents
    private let known: Set<Address>

    private struct Address: Hashable {
        let url: String
        let path: String
        let credential: String?
        let authorities: String?

        init(_ agent: PolicyDefinition.External) {
            url = agent.url
            path = agent.path
            credential = agent.credential
            authorities = agent.certificateAuthorities
        }
    }

    init(_ agents: any PolicyAgents, known: [PolicyDefinition.External]) {
        self.agents = agents
        self.known = Set(known.map(Address.init))
    }

    func answers(to questions: [ExternalQuestion]) async -> ExternalAnswers {
        let asked = questions.filter { known.contains(Address($0.agent)) }
        return asked.isEmpty ? .none : await agents.answers(to: asked)
    }
}
