import AccessModel
import ConnectorKit
import Definitions
import Foundation
import Lifecycle
import StrictJSON

/// A connected system, as it is listed.
public struct TargetSummary: Hashable, Sendable {
    public let name: String
    public let connector: String
    public let covers: String
    public let mode: String
    public let isCritical: Bool
    public let isIdentityProvider: Bool

    public var json: JSONValue {
        [
            "name": .string(name), "connector": .string(connector), "covers": .string(covers), "mode": .string(mode),
            "critical": .bool(isCritical), "identity_provider": .bool(isIdentityProvider),
        ]
    }
}

extension TargetSummary {
    public init(_ target: TargetDefinition) {
        self.init(
            name: target.name.text, connector: target.connector, covers: target.covers.description,
            mode: target.mode.rawValue, isCritical: target.isCritical, isIdentityProvider: target.isIdentityProvider)
    }
}

/// Whether a target can be reached with its credential.
public struct TargetCheck: Hashable, Sendable {
    public let name: String
    public let isReachable: Bool
    /// What the target says of itself, or what went wrong.
    public let detail: String

    public var json: JSONValue {
        ["name": .string(name), "ok": .bool(isReachable), "detail": .string(detail)]
    }
}

extension Installation {
    /// The targets of a folder; needs no state.
    public static func targets(in directory: String) throws -> [TargetSummary] {
        try organization(in: directory).targets.map(TargetSummary.init)
    }

    /// Reaches every target of the definitions in force, all at once, changing nothing.
    public func checkTargets() async throws -> [TargetCheck] {
        guard let definitions = try await definitionsInForce() else {
            throw InstallationError(
                code: .missing, operation: "check the targets",
                message: "no definitions were applied yet; `tenure apply DIR` does")
        }
        return await Self.check(try await reconcilerInForce().connect(definitions.organization))
    }

    /// Reaches every target of a folder, all at once, changing nothing.
    public static func checkTargets(in directory: String) async throws -> [TargetCheck] {
        let clock = try InstallationClock()
        let base = URL(filePath: directory).standardizedFileURL.path
        return await check(
            ConnectorRegistry.connect(
                try organization(in: directory), baseDirectory: base, clock: { clock.now() }))
    }

    private static func check(_ targets: [ConnectedTarget]) async -> [TargetCheck] {
        await withTaskGroup(of: TargetCheck.self) { group in
            for target in targets { group.addTask { await check(target) } }
            var checks: [TargetCheck] = []
            for await check in group { checks.append(check) }
            for target in targets { await target.close() }
            return checks.sorted { $0.name < $1.name }
        }
    }

    private static func check(_ target: ConnectedTarget) async -> TargetCheck {
        do throws(ConnectorError) {
            let health = try await target.connector.get().check()
            return TargetCheck(name: target.name.text, isReachable: true, detail: health.description)
        } catch {
            return TargetCheck(name: target.name.text, isReachable: false, detail: error.description)
        }
    }

    private static func organization(in directory: String) throws -> Organization {
        let reading = try read(directory)
        guard let definitions = reading.definitions else {
            throw BrokenDefinitions(reading.diagnostics, outcome: "no target was looked at")
        }
        return definitions.organization
    }
}
