import AccessModel
import ConnectorKit

/// The embedded default: a directory in a file of its own, so that nothing needs to be installed.
///
/// It holds accounts, groups, members (workloads too), role assignments and federated trusts. What `apply` returned
/// from is on disk; changes that come together share one flush. Any number of processes may use one file.
public struct LocalDirectory: Connector {
    private let file: DirectoryFile
    private let clock: @Sendable () -> Instant

    /// - Throws: A `configuration` error for settings that are not usable. The file is not looked at yet.
    public init(_ configuration: ConnectorConfiguration) throws(ConnectorError) {
        let path = try Self.path(configuration)
        let full = path.hasPrefix("/") ? path : configuration.baseDirectory + "/" + path
        file = DirectoryFile(path: full, name: configuration.target.text)
        clock = configuration.clock
    }

    static func path(_ configuration: ConnectorConfiguration) throws(ConnectorError) -> String {
        var settings = try SettingsReader(configuration)
        let path = try settings.string("path")
        try settings.finish()
        guard !path.split(separator: "/").contains("..") else {
            throw settings.error(
                "the setting `path` leads upward; name a file below the organisation's folder", about: "path")
        }
        return path
    }

    public var abilities: TargetAbilities { Self.abilities }

    static let abilities = TargetAbilities(
        kinds: [.account, .group, .membership, .roleAssignment, .federatedTrust], holdsWorkloadMembers: true,
        holdsEmptyGroups: true, maximumGroupNameLength: 255)

    public func check() async throws(ConnectorError) -> TargetHealth {
        let count = try await file.read(operation: "check") { $0.accountCount }
        return TargetHealth(description: "local directory of \(count) accounts")
    }

    public func observe(_ scope: ObservationScope) async throws(ConnectorError) -> Observation {
        let facts = try await file.read(operation: "observe") { $0.facts(in: scope) }
        return Observation(facts: facts, completeness: .complete)
    }

    public func apply(_ change: Change, context: ApplyContext) async throws(ConnectorError) -> Receipt {
        let operation = "\(change.operation.rawValue) \(change.fact.key)"
        let entries = try await file.write(operation: operation) { (contents) throws(ConnectorError) in
            try CallDeadline.check(operation)
            return try contents.entries(for: change)
        }
        return Receipt(
            effect: entries.isEmpty ? .alreadyHeld : .applied, requestID: context.idempotencyKey, at: clock(),
            note: entries.isEmpty ? "it was so already" : "on disk")
    }

    public func close() async { await file.close() }
}

extension ConnectorFactory {
    /// `connector: directory`
    public static let directory = ConnectorFactory(
        name: "directory", abilities: LocalDirectory.abilities,
        settings: SettingsSchema(required: [.init("path", example: "corp.directory")]) {
            configuration throws(ConnectorError) in _ = try LocalDirectory.path(configuration)
        }
    ) { configuration throws(ConnectorError) in try LocalDirectory(configuration) }
}
