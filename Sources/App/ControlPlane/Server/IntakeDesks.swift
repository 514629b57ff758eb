import AccessModel
import Definitions
import Lifecycle
import Persistence
import Synchronization

/// HR's desk at any moment of a server's life. The definitions in force are read again once others are, and the time is
/// written down once a second at most.
public final class IntakeDesks: Sendable {
    private struct Known {
        var revision: String?
        var desk: PeopleDesk?
        /// Whose time was written down last.
        var installation: Installation?
    }

    private let installation: Installation
    private let system: String
    private let known = Mutex(Known())

    /// - Parameter system: What is recorded, as `webhook:NAME`, as having said what comes in.
    public init(_ installation: Installation, for system: String = "hr") {
        self.installation = installation
        self.system = system
    }

    public func desk() async throws -> PeopleDesk {
        let current = try await renewed()
        let revision = try await installation.database.readBriefly { try DefinitionStore($0).current() }
        let kept = known.withLock { known in known.revision == revision ? known.desk : nil }
        if let kept { return kept.at(current) }
        let desk = try await installation.with(current).people()
        known.withLock { known in
            known.revision = revision
            known.desk = desk
        }
        return desk
    }

    private func renewed() async throws -> LifecycleContext {
        let moment = installation.clock.now()
        let last = known.withLock { $0.installation }
        let base: Installation
        if let last, moment - last.now < .seconds(1) {
            base = last
        } else {
            base = try await (last ?? installation).renewed()
            known.withLock { $0.installation = base }
        }
        return base.context.heard(from: system, at: moment)
    }
}
