import AccessModel
import AuditTrail
import Lifecycle
import Persistence
import StrictJSON

/// Which commit of the organisation's repository is in force, and what stands against the one that is not.
public struct FollowedDefinitions: Hashable, Sendable {
    /// The commit whose files were taken up last; nil before the first.
    public var commit: String?
    /// Who signed it, where that is asked for.
    public var signer: String?
    public var since: Instant?
    /// The branch's head where it is not followed.
    public var problem: Problem?

    public struct Problem: Hashable, Sendable {
        public enum Code: String, Sendable {
            /// Nobody who is allowed signed it.
            case unsigned
            /// It does not come from the commit that is followed: the branch was written anew.
            case rewritten
            /// The files at it have errors.
            case invalid
        }

        public let code: Code
        public let commit: String
        public let message: String
        public let at: Instant
    }

    public init() {}

    public var json: JSONValue {
        var object = JSONObject()
        object["commit"] = commit.map { .string($0) } ?? .null
        object["signer"] = signer.map { .string($0) } ?? .null
        object["since"] = since.map { .string($0.description) } ?? .null
        if let problem {
            object["problem"] = [
                "code": .string(problem.code.rawValue), "commit": .string(problem.commit),
                "message": .string(problem.message), "at": .string(problem.at.description),
            ]
        }
        return .object(object)
    }

    init(json: JSONValue?) {
        commit = json?["commit"]?.string
        signer = json?["signer"]?.string
        since = json?["since"]?.string.flatMap { Instant($0) }
        guard let stored = json?["problem"], let code = stored["code"]?.string.flatMap(Problem.Code.init(rawValue:)),
            let commit = stored["commit"]?.string, let at = stored["at"]?.string.flatMap({ Instant($0) })
        else { return }
        problem = Problem(code: code, commit: commit, message: stored["message"]?.string ?? "", at: at)
    }
}

extension SettingsStore.Name {
    static let followed = SettingsStore.Name("definitions.followed")
    /// The one commit that may be followed though it does not come from the one before.
    static let acceptedCommit = SettingsStore.Name("definitions.accepted")
}

extension SettingsStore {
    func followed() throws -> FollowedDefinitions {
        guard let text = try value(.followed) else { return FollowedDefinitions() }
        do {
            return FollowedDefinitions(json: try JSONParser.parse(text))
        } catch {
            throw PersistenceError(
                code: .corrupt, operation: "read which commit is followed", message: "expected JSON")
        }
    }

    func set(_ followed: FollowedDefinitions) throws { try set(.followed, to: followed.json.compactText) }
}

extension Installation {
    /// Which commit is followed, as the server that follows it wrote down.
    public func followedDefinitions() async throws -> FollowedDefinitions {
        try await database.read { session in try SettingsStore(session).followed() }
    }

    /// Lets a branch that was written anew be followed to one commit, which somebody has looked at.
    ///
    /// - Returns: What is in force until the branch is looked at again.
    /// - Throws: ``InstallationError`` `usage` for what is no commit's id, or without a reason.
    public func acceptCommit(_ commit: String, reason: String) async throws -> FollowedDefinitions {
        let reason = AccessDesk.plain(reason)
        let isID = commit.utf8.count == 40 || commit.utf8.count == 64
        guard isID, commit.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }) else {
            throw InstallationError(
                code: .usage, operation: "accept a commit", message: "give the whole id of the commit, in lower case")
        }
        guard !reason.isEmpty else {
            throw InstallationError(
                code: .usage, operation: "accept a commit",
                message: "say with --reason why the branch was written anew; it is recorded")
        }
        return try await database.transact { [context] session, records in
            try SettingsStore(session).set(.acceptedCommit, to: commit)
            records.append(.commitAccepted(context.record(), commit: commit, reason: reason))
            return try SettingsStore(session).followed()
        }
    }
}
