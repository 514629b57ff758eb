import AccessModel
import ConnectorKit
import Definitions
import Forges
import Foundation

extension Installation {
    /// What a folder's definitions change, without people and targets: compared with a commit of the repository that the
    /// folder is in.
    ///
    /// - Parameters:
    ///   - base: Nil compares with nothing.
    /// - Throws: Where the repository cannot be read, or does not have the commit.
    public static func compare(
        _ directory: String, with base: String?, head: String
    ) async throws -> PlanReport {
        let contents = try DefinitionFolder(directory).read()
        let check = DefinitionCheck(contents)
        let name = base.map { "commit \($0)" } ?? "nothing"
        guard let definitions = check.definitions else {
            return PlanReport(.broken(check.diagnostics), commit: head, base: name)
        }
        var old: [DefinitionFile] = []
        var before: Organization?
        if let base {
            let files = try await Self.contents(of: directory, at: base)
            old = files.files
            before = DefinitionCheck(files).definitions?.organization
        }
        let difference = DefinitionDifference(from: old, before, to: contents.files, definitions.organization)
        return PlanReport(
            .compared(difference.lines, diagnostics: check.diagnostics), commit: head, base: name)
    }

    private static func contents(
        of directory: String, at commit: String
    ) async throws -> DefinitionFolder.Contents {
        let operation = "read the definitions at \(commit.prefix(10))"
        var folder = URL(filePath: directory).standardizedFileURL.resolvingSymlinksInPath()
        let inside = folder.path
        while !FileManager.default.fileExists(atPath: folder.appending(path: ".git").path) {
            guard folder.path != "/" else {
                throw InstallationError(
                    code: .usage, operation: operation, message: "`\(directory)` is in no git repository")
            }
            folder.deleteLastPathComponent()
        }
        let top = folder.path.hasSuffix("/") ? String(folder.path.dropLast()) : folder.path
        let temporary = NSTemporaryDirectory() + "/tenure-base-" + UUID().uuidString
        guard mkdir(temporary, 0o700) == 0 else { throw GitProgram.noSpace(operation) }
        defer {
            do {
                try FileManager.default.removeItem(atPath: temporary)
            } catch {
                // It is a temporary folder without a secret in it; the system clears it away.
            }
        }
        var git = GitProgram(folder: temporary, repository: top + "/.git", timeout: .minutes(1))
        // A runner may have checked it out as another user; only what it holds is read.
        git.settings["safe.directory"] = "*"
        let known = try await git.attempt(["cat-file", "-e", commit + "^{commit}"], operation: operation)
        guard known.status == 0 else {
            throw InstallationError(
                code: .missing, operation: operation,
                message: "the repository does not have that commit; check it out with its history (`fetch-depth: 0`, "
                    + "`GIT_DEPTH: 0`)")
        }
        let path = inside == top ? "" : String(inside.dropFirst(top.count + 1))
        return try await DefinitionTree(git).contents(at: commit, under: path, operation)
    }

    /// The plan of a folder's definitions against a state, with nothing written and nothing new contacted.
    public func report(_ directory: String, head: String) async throws -> PlanReport {
        let check = try Self.read(directory)
        let base = "the definitions in force"
        guard check.definitions != nil else { return PlanReport(.broken(check.diagnostics), commit: head, base: base) }
        do {
            return PlanReport(try await preview(check), commit: head, base: base)
        } catch let broken as BrokenDefinitions {
            return PlanReport(.broken(broken.diagnostics), commit: head, base: base)
        }
    }
}
