import AccessModel
import Definitions
import Foundation
import Lifecycle
import Persistence
import Planning
import StrictJSON

/// A plan in a file, with the definitions that it follows, so that it can be reviewed and applied elsewhere.
///
/// It is applied only if planning anew gives the same hash: what is done is what was reviewed, or nothing.
public struct ReviewedPlan: Sendable {
    static let format = "tenure-plan/v1"

    let plan: PlanFile
    private(set) var directory: String
    let files: [DefinitionFile]

    public init(_ surveyed: Installation.Surveyed) {
        plan = PlanFile(surveyed.survey.plan, person: surveyed.survey.person)
        directory = URL(filePath: surveyed.directory).standardizedFileURL.path
        files = surveyed.survey.definitions.files.map { DefinitionFile(path: $0.path, bytes: $0.content) }
    }

    /// The file.
    public var json: JSONValue {
        let files = files.map { file -> JSONValue in
            ["path": .string(file.path), "content": .string(String(decoding: file.bytes, as: UTF8.self))]
        }
        return [
            "format": .string(Self.format), "directory": .string(directory), "plan": plan.json,
            "definitions": .array(files),
        ]
    }

    /// The same plan, from the folder where another installation's definitions are.
    func from(_ directory: String?) -> ReviewedPlan {
        var plan = self
        plan.directory = directory ?? self.directory
        return plan
    }

    public func write(to path: String) throws { try Self.write(json, to: path) }

    /// - Parameter json: That of a plan, from wherever it was made.
    public static func write(_ json: JSONValue, to path: String) throws {
        do {
            try Data((json.prettyText + "\n").utf8).write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw InstallationError(
                code: .file, operation: "write the plan to `\(path)`", message: "it cannot be written")
        }
    }

    /// Reads a plan file; nil if `path` is a folder.
    public static func ifFile(_ path: String) throws -> ReviewedPlan? {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw InstallationError(
                code: .file, operation: "apply", message: "`\(path)` is neither a plan file nor a folder of definitions"
            )
        }
        guard !isFolder.boolValue else { return nil }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw InstallationError(code: .file, operation: "read `\(path)`", message: "it cannot be read")
        }
        return try ReviewedPlan(Array(data))
    }

    private init(_ bytes: [UInt8]) throws {
        let json: JSONValue
        do {
            json = try JSONParser.parse(bytes)
        } catch {
            throw Self.refusal("this is not a plan file: \(error)")
        }
        try self.init(json)
    }

    private static func refusal(_ message: String) -> InstallationError {
        InstallationError(
            code: .usage, operation: "read the plan", message: "\(message); write one with `tenure plan DIR --out FILE`"
        )
    }

    /// The plan that a file holds.
    public init(_ json: JSONValue) throws {
        guard json["format"]?.string == Self.format, let directory = json["directory"]?.string,
            let plan = json["plan"], let definitions = json["definitions"]?.array
        else { throw Self.refusal("this is not a plan file") }
        self.plan = try PlanFile(reading: plan.canonicalBytes)
        self.directory = directory
        files = try definitions.map { file in
            guard let path = file["path"]?.string, let content = file["content"]?.string else {
                throw Self.refusal("its definitions are not as they were written")
            }
            return DefinitionFile(path: path, text: content)
        }
    }
}

extension Installation {
    /// The same for a plan that somebody sent: relative paths start from where those of the definitions in force do.
    public func survey(sent reviewed: ReviewedPlan) async throws -> Surveyed {
        let known = try await database.read { session in try SettingsStore(session).value(.directory) }
        return try await survey(reviewed.from(known))
    }

    /// Plans anew what a file says, and refuses when that would do anything else than was reviewed.
    public func survey(_ reviewed: ReviewedPlan) async throws -> Surveyed {
        let inForce = try await definitionsInForce()
        let targets = inForce?.organization.targets ?? []
        let check = DefinitionCheck(DefinitionFolder.Contents(files: reviewed.files)).refusingToDrop(targets)
        guard let definitions = check.definitions else {
            throw BrokenDefinitions(check.diagnostics, outcome: "nothing was changed")
        }
        let survey = try await reconciler(for: reviewed.directory).survey(
            definitions, previous: inForce?.revision == definitions.revision ? nil : inForce?.organization,
            person: reviewed.plan.person)
        guard definitions.revision == reviewed.plan.definitionsRevision else {
            throw InstallationError(
                code: .usage, operation: "read the plan",
                message: "its definitions are not those that it was planned by; it was altered since")
        }
        guard survey.plan.hash == reviewed.plan.hash else {
            throw LifecycleError(
                code: .stale, operation: "apply the reviewed plan",
                message: "the world has changed since it was reviewed: planning anew gives hash "
                    + "\(survey.plan.hash.prefix(12)), reviewed was \(reviewed.plan.hash.prefix(12)); plan and review again"
            )
        }
        // The hash binds what is done; the file must also say it as it was planned, or it was not this that was reviewed.
        guard survey.plan.changes == reviewed.plan.changes else {
            throw InstallationError(
                code: .usage, operation: "read the plan",
                message: "its changes do not read as they were planned; it was altered since")
        }
        return Surveyed(
            survey: survey,
            diagnostics: (check.diagnostics + (try await unmanaged(by: definitions, after: targets))).sorted(),
            usesLastGood: false, directory: reviewed.directory, source: .reviewed)
    }
}
