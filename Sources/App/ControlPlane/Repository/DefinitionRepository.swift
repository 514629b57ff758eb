import AccessModel
import ConnectorKit
import Definitions
import Forges
import Foundation

/// The repository that holds the organisation's files, and a copy of its commits.
///
/// Commits are read as they are stored, and never checked out: no hooks, no submodules, no filters, no links, and nothing
/// that a commit says of its files' encodings or line ends. The user's own configuration of git counts where the remote is
/// spoken to, for its keys, and nowhere else.
public struct DefinitionRepository: Sendable {
    public let url: String
    public let branch: String
    /// Where the copy is, in `.git`, and beside it the files of the commit that is followed (``PlacedFiles``); made if it is
    /// not there.
    public let folder: String
    let remote: GitProgram
    let local: GitProgram

    private static let timeout = Span.minutes(5)
    private static let head = "refs/remotes/origin/followed"
    private static let next = "refs/tenure/next"

    /// - Parameters:
    ///   - credential: What proves to the remote who asks; nil where git knows by itself.
    ///   - signers: A file in the format of ssh-keygen's allowed signers; nil where no signature is asked for.
    /// - Throws: ``InstallationError`` for what git would take for one of its options.
    public init(
        url: String, branch: String, folder: String, credential: GitProgram.Credential? = nil,
        authorities: String? = nil, signers: String? = nil
    ) throws {
        guard !url.hasPrefix("-"), !branch.hasPrefix("-"), !branch.isEmpty else {
            throw InstallationError(
                code: .usage, operation: "follow the definitions", message: "neither address nor branch begins with `-`"
            )
        }
        self.url = url
        self.branch = branch
        self.folder = folder
        var git = GitProgram(folder: folder + "/.git", repository: folder + "/.git", timeout: Self.timeout)
        git.settings = CommitSignature.settings(signers)
        local = git
        git.surroundings = .user
        git.credential = credential
        git.authorities = authorities
        remote = git
    }

    /// Asks the remote where the branch is, and fetches what is new.
    ///
    /// - Returns: The branch's commit.
    public func fetch() async throws(ConnectorError) -> String {
        let operation = "follow the definitions"
        try await make(operation)
        clearLocks()
        // Forced: where the branch points to is the remote's to say; whether that is followed is looked at afterwards.
        try await remote.run(
            [
                "fetch", "--quiet", "--force", "--no-tags", "--no-write-fetch-head", "--", url,
                "+refs/heads/\(branch):\(Self.head)",
            ], operation: operation)
        return try await local.run(["rev-parse", "--verify", "\(Self.head)^{commit}"], operation: operation).line
    }

    private func make(_ operation: String) async throws(ConnectorError) {
        guard !FileManager.default.fileExists(atPath: folder + "/.git/HEAD") else { return }
        do {
            try FileManager.default.createDirectory(atPath: folder + "/.git", withIntermediateDirectories: true)
        } catch {
            throw ConnectorError(
                code: .configuration, operation: operation, message: "the folder `\(folder)` cannot be written")
        }
        try await local.run(["init", "--quiet", "--bare"], operation: operation)
    }

    /// Takes away what a run left that was killed: git would wait for it for good. No run takes as long.
    private func clearLocks() {
        for name in [
            "HEAD", "config", "index", "packed-refs", "shallow", Self.head, Self.next,
        ] {
            let path = folder + "/.git/\(name).lock"
            let attributes = try? FileManager.default.attributesOfItem(atPath: path)
            guard let written = attributes?[.modificationDate] as? Date else { continue }
            if -written.timeIntervalSinceNow * 1_000 > Double(Self.timeout.milliseconds * 2) { unlink(path) }
        }
    }

    /// Whether a commit has another among those it comes from; the same commit does.
    func descends(_ commit: String, from earlier: String) async throws(ConnectorError) -> Bool {
        let operation = "follow the definitions"
        let known = try await local.attempt(["cat-file", "-e", earlier + "^{commit}"], operation: operation)
        guard known.status == 0 else { return false }
        let outcome = try await local.attempt(
            ["merge-base", "--is-ancestor", earlier, commit], operation: operation)
        guard outcome.status <= 1 else {
            throw ConnectorError(
                code: .targetFailure, operation: operation, message: "`git merge-base`: \(outcome.complaint)")
        }
        return outcome.status == 0
    }

    /// Who signed a commit that was fetched.
    func signature(of commit: String) async throws(ConnectorError) -> CommitSignature {
        try await CommitSignature.look(at: commit, local)
    }

    /// A repository with a commit of the remote's that is not in the copy, for `body` alone: what others propose never gets
    /// into what is followed.
    func withHead<Value: Sendable>(
        _ reference: String, operation: String,
        _ body: (_ git: GitProgram, _ commit: String) async throws -> Value
    ) async throws -> Value {
        let folder = NSTemporaryDirectory() + "/tenure-head-" + UUID().uuidString
        guard mkdir(folder, 0o700) == 0 else { throw GitProgram.noSpace(operation) }
        defer { Self.remove(folder) }
        var git = GitProgram(folder: folder, repository: folder + "/repository", timeout: .minutes(1))
        git.maximumFile = Self.headLimit
        git.settings["fetch.fsckObjects"] = "true"
        try await git.run(["init", "--quiet", "--bare"], operation: operation)
        // What the copy has already need not come again.
        let known = Data((self.folder + "/.git/objects\n").utf8)
        guard FileManager.default.createFile(atPath: git.repository + "/objects/info/alternates", contents: known)
        else { throw GitProgram.noSpace(operation) }
        var fetching = git
        fetching.surroundings = .user
        fetching.credential = remote.credential
        fetching.authorities = remote.authorities
        try await Self.fetchHead(
            [
                "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--", url,
                "+\(reference):refs/tenure/head",
            ], fetching, operation)
        let commit = try await git.run(["rev-parse", "--verify", "refs/tenure/head^{commit}"], operation: operation)
        return try await body(git, commit.line)
    }

    /// What a merge of a commit into another would come to, without making one.
    ///
    /// - Returns: A tree; where this git cannot say, the commit itself.
    /// - Throws: `invalid` for what cannot be merged as it is.
    static func merge(
        of commit: String, into base: String, _ git: GitProgram, _ operation: String
    ) async throws(ConnectorError) -> String {
        let outcome = try await git.attempt(
            ["merge-tree", "--write-tree", "--no-messages", base, commit], operation: operation)
        switch outcome.status {
        case 0 where GitCommit.isID(outcome.line): return outcome.line
        case 1:
            throw ConnectorError(
                code: .invalid, operation: operation,
                message: "it is in conflict with what is in force; bring the branch up to date first")
        case 129: return commit
        default:
            throw ConnectorError(
                code: .invalid, operation: operation, message: "it cannot be merged: \(outcome.complaint.prefix(240))")
        }
    }

    /// - Throws: `invalid` for what will not be otherwise the next time.
    private static func fetchHead(
        _ arguments: [String], _ git: GitProgram, _ operation: String
    ) async throws(ConnectorError) {
        let outcome = try await git.attempt(arguments, operation: operation)
        guard outcome.status != 0 else { return }
        let isTooLarge = ["signal 25", "File size limit", "File too large"].contains { outcome.complaint.contains($0) }
        if isTooLarge {
            throw ConnectorError(
                code: .invalid, operation: operation,
                message: "the commit is larger than \(headLimit >> 20) MiB, packed")
        }
        let failure = git.failure(outcome, arguments, operation)
        guard outcome.complaint.contains("fsck error") else { throw failure }
        throw ConnectorError(code: .invalid, operation: operation, message: failure.message)
    }

    /// Bytes that one commit may come to, packed.
    private static let headLimit = 64 << 20

    private static func remove(_ folder: String) {
        do {
            try FileManager.default.removeItem(atPath: folder)
        } catch {
            // It is a temporary folder without a secret in it; the system clears it away.
        }
    }
}

extension DefinitionRepository {
    /// The organisation's files as they stand in a commit that was fetched.
    func contents(at commit: String) async throws(ConnectorError) -> DefinitionFolder.Contents {
        try await DefinitionTree(local).contents(at: commit, "read the definitions at \(commit.prefix(10))")
    }

    /// Puts the files of a commit that was fetched beside the copy; nothing happens where they are there already.
    ///
    /// - Returns: What was left out, and why.
    func place(_ commit: String) async throws(ConnectorError) -> [String] {
        try await PlacedFiles(folder, local).place(commit, "write the files of \(commit.prefix(10))")
    }

    /// Whose name commits bear.
    private static let author = GitAuthor("Tenure <tenure@localhost>")

    /// Makes one commit upon another and hands it to a branch of the remote's that is not there yet. The same files and
    /// time make the same commit, so a push that is sent again changes nothing.
    ///
    /// - Throws: `conflict` where a branch of that name is there already, with other commits.
    func push(
        _ files: [DefinitionFile], _ text: RequestText, to branch: String, onto base: String, at moment: Instant?
    ) async throws(ConnectorError) {
        let operation = "push `\(branch)`"
        guard let author = Self.author else { return }
        var stream = GitImport(reference: Self.next)
        stream.commit(
            files.map { GitImport.File(path: $0.path, bytes: $0.bytes) }.sorted { $0.path < $1.path },
            message: text.title + "\n", author: author, from: base, at: moment ?? Instant(milliseconds: 0))
        try await local.run(["fast-import", "--quiet", "--force"], input: stream.bytes, operation: operation)
        // Without force: whoever wrote to a branch of that name keeps it.
        try await remote.run(
            ["push", "--quiet", "--porcelain", "--no-verify", "--", url, "\(Self.next):refs/heads/\(branch)"],
            operation: operation)
    }
}
