import AccessModel
import ConnectorKit
import Forges
import Foundation

/// What is needed of a repository, in a bare one of our own in a temporary folder. One call at a time: its caller sees to
/// that.
struct GitMirror: Sendable {
    /// What the branches of the remote point to.
    struct Heads: Hashable, Sendable {
        let base: GitCommit
        /// Nil where the branch is not there.
        let branch: GitCommit?
    }

    let git: GitProgram
    let settings: GitOpsSettings

    private static let baseReference = "refs/tenure/base"
    private static let branchReference = "refs/tenure/branch"
    private static let nextReference = "refs/tenure/next"

    /// Makes the repository, in a folder that only its owner can read.
    static func make(
        _ settings: GitOpsSettings, authorization: SecretText?, operation: String
    ) async throws(ConnectorError) -> GitMirror {
        let folder = NSTemporaryDirectory() + "/tenure-git-" + UUID().uuidString
        guard mkdir(folder, 0o700) == 0 else { throw GitProgram.noSpace(operation) }
        var git = GitProgram(folder: folder, repository: folder + "/repository", timeout: settings.timeout)
        git.credential = authorization.map { GitProgram.Credential(remote: settings.repository, authorization: $0) }
        git.authorities = settings.forge.place.authorities
        try await git.run(["init", "--quiet", "--bare"], operation: operation)
        return GitMirror(git: git, settings: settings)
    }

    func remove() {
        do {
            try FileManager.default.removeItem(atPath: git.folder)
        } catch {
            // It is a temporary folder without a secret in it; the system clears it away.
        }
    }

    // MARK: Reading

    /// Asks the remote, and fetches what is new.
    func heads(_ operation: String) async throws(ConnectorError) -> Heads {
        let names = [settings.base, settings.branch].map { "refs/heads/\($0)" }
        let listing = try await git.run(
            ["ls-remote", "--heads", settings.repository] + names, operation: operation
        ).text
        var found: [String: String] = [:]
        for line in listing.split(separator: "\n") {
            let words = line.split(separator: "\t")
            if words.count == 2 { found[String(words[1])] = String(words[0]) }
        }
        guard let base = found[names[0]] else {
            throw ConnectorError(
                code: .configuration, operation: operation,
                message: "the repository has no branch `\(settings.base)`")
        }
        let branch = found[names[1]]
        try await fetch(base: base, branch: branch, operation)
        return Heads(
            base: try await commit(Self.baseReference, operation),
            branch: branch == nil ? nil : try await commit(Self.branchReference, operation))
    }

    private func fetch(base: String, branch: String?, _ operation: String) async throws(ConnectorError) {
        let isKnown =
            try await git.attempt(
                ["rev-parse", "--verify", "--quiet", Self.baseReference], operation: operation
            ).line == base
        var isBranchKnown = true
        if let branch {
            isBranchKnown =
                try await git.attempt(
                    ["rev-parse", "--verify", "--quiet", Self.branchReference], operation: operation
                ).line == branch
        }
        guard !isKnown || !isBranchKnown else { return }
        var references = ["+refs/heads/\(settings.base):\(Self.baseReference)"]
        if branch != nil { references.append("+refs/heads/\(settings.branch):\(Self.branchReference)") }
        // A commit and what it was made from are all that is looked at.
        try await git.run(
            ["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--depth=2", settings.repository] + references,
            operation: operation)
    }

    private func commit(_ name: String, _ operation: String) async throws(ConnectorError) -> GitCommit {
        let id = try await git.run(["rev-parse", "--verify", "\(name)^{commit}"], operation: operation).line
        let text = try await git.run(["cat-file", "commit", id], operation: operation).text
        return GitCommit(id: id, text: text)
    }

    /// The YAML files of the folder at a commit, by their paths within it.
    func contents(at commit: String, _ operation: String) async throws(ConnectorError) -> [String: [UInt8]] {
        let files = try await GitTree(git).files(at: commit, under: settings.path, operation: operation) { entry in
            entry.isRegular && (entry.path.hasSuffix(".yaml") || entry.path.hasSuffix(".yml"))
        }
        return Dictionary(
            uniqueKeysWithValues: files.map { (String($0.path.dropFirst(settings.path.count + 1)), $0.bytes) })
    }

    /// Whether a commit changes nothing beyond the folder.
    func staysInFolder(_ commit: GitCommit, parent: String, _ operation: String) async throws(ConnectorError) -> Bool {
        let names = try await git.run(
            ["diff-tree", "-r", "-z", "--name-only", "--no-renames", parent, commit.id], operation: operation
        ).output
        let prefix = Array((settings.path + "/").utf8)
        return names.split(separator: 0).allSatisfy { $0.starts(with: prefix) }
    }

    // MARK: Writing

    /// Makes one commit upon another and hands it to the remote's branch, if that is still where it was seen.
    ///
    /// - Parameter files: By their paths within the folder; nil for one that goes.
    /// - Throws: `conflict` when somebody else has moved the branch meanwhile.
    func push(
        _ files: [String: [UInt8]?], message: String, onto base: GitCommit, replacing branch: GitCommit?,
        at now: Instant, _ operation: String
    ) async throws(ConnectorError) {
        var stream = GitImport(reference: Self.nextReference)
        stream.commit(
            files.map { GitImport.File(path: settings.path + "/" + $0.key, bytes: $0.value) }
                .sorted { $0.path < $1.path },
            message: message, author: settings.author, from: base.id, at: now)
        try await git.run(["fast-import", "--quiet", "--force"], input: stream.bytes, operation: operation)
        try CallDeadline.check(operation)
        try await push(Self.nextReference, replacing: branch, operation)
    }

    /// Deletes the remote's branch, if it is still where it was seen.
    func deleteBranch(_ branch: GitCommit, _ operation: String) async throws(ConnectorError) {
        try CallDeadline.check(operation)
        try await push("", replacing: branch, operation)
    }

    private func push(
        _ source: String, replacing branch: GitCommit?, _ operation: String
    ) async throws(ConnectorError) {
        let name = "refs/heads/\(settings.branch)"
        try await git.run(
            [
                "push", "--quiet", "--porcelain", "--no-verify", "--force-with-lease=\(name):\(branch?.id ?? "")",
                settings.repository, "\(source):\(name)",
            ], operation: operation)
    }
}
