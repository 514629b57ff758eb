import Foundation

/// A real git repository of its own, as other people see it and write to it.
public final class ForgeRepository: Sendable {
    private let folder: LDAPFolder
    private var bare: String { folder.path + "/clusters.git" }
    private var work: String { folder.path + "/work" }

    public init() throws {
        folder = try LDAPFolder()
        try LDAPTool.require("git", ["init", "--quiet", "--bare", "--initial-branch=main", bare])
        try LDAPTool.require("git", ["clone", "--quiet", bare, work])
        try git("checkout", "--quiet", "-b", "main")
        try write("README.md", "# Clusters\n")
        try commit("Begin")
        try git("push", "--quiet", "origin", "main")
    }

    public var url: String { "file://" + bare }

    /// The commit that a branch points to; throws where there is none.
    public func head(of branch: String) throws -> String {
        try LDAPTool.require("git", ["--git-dir", bare, "rev-parse", "--verify", "refs/heads/\(branch)"])
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Files under a folder at a branch, by path.
    public func files(on branch: String, under path: String = ".") throws -> [String: String] {
        let names = try LDAPTool.require(
            "git", ["--git-dir", bare, "ls-tree", "-r", "--name-only", "--full-tree", branch, "--", path])
        var files: [String: String] = [:]
        for name in names.split(separator: "\n").map(String.init) {
            files[name] = try LDAPTool.require("git", ["--git-dir", bare, "show", "\(branch):\(name)"])
        }
        return files
    }

    /// Commits of a branch that another does not have.
    public func commits(on branch: String, since base: String = "main") throws -> [String] {
        try LDAPTool.require("git", ["--git-dir", bare, "log", "--format=%s", "\(base)..\(branch)"])
            .split(separator: "\n").map(String.init)
    }

    public func log(_ branch: String) throws -> String {
        try LDAPTool.require("git", ["--git-dir", bare, "log", "-1", "--format=%an <%ae>%n%B", branch])
    }

    // MARK: What others do

    /// Commits something to a branch, from wherever it is; `force` rewrites what was there.
    ///
    /// - Parameter base: What a new branch begins with; nil for what it is now.
    public func push(
        to branch: String, as author: String = "Mallory <mallory@example.com>", amend: Bool = false,
        from base: String? = nil, _ edit: (String) throws -> Void
    ) throws {
        try checkOut(base ?? branch)
        try edit(work)
        try commit("By hand", author: author, amend: amend)
        try git("push", "--quiet", "--force", "origin", "HEAD:refs/heads/\(branch)")
    }

    /// Points a reference of the forge's own to a branch's commit.
    func keep(_ reference: String, at branch: String) throws {
        try LDAPTool.require("git", ["--git-dir", bare, "update-ref", reference, try head(of: branch)])
    }

    /// Whether a commit is there.
    func holds(_ commit: String) -> Bool {
        (try? LDAPTool.require("git", ["--git-dir", bare, "cat-file", "-e", commit + "^{commit}"])) != nil
    }

    public func delete(_ branch: String) throws {
        try LDAPTool.require("git", ["--git-dir", bare, "update-ref", "-d", "refs/heads/\(branch)"])
    }

    func squash(_ branch: String, into base: String, edit: ((String) throws -> Void)?) throws {
        try checkOut(base)
        try git("fetch", "--quiet", "origin", branch)
        try git("merge", "--quiet", "--squash", "FETCH_HEAD")
        try edit?(work)
        try commit("Merged")
        try git("push", "--quiet", "origin", "HEAD:refs/heads/\(base)")
    }

    private func checkOut(_ branch: String) throws {
        try git("fetch", "--quiet", "origin", branch)
        try git("checkout", "--quiet", "--force", "--detach", "FETCH_HEAD")
        try git("clean", "--quiet", "-fdx")
    }

    private func write(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: work + "/" + name))
    }

    private func commit(_ message: String, author: String = "Ada <ada@example.com>", amend: Bool = false) throws {
        try git("add", "--all")
        try git(
            ["commit", "--quiet", "--allow-empty", "-m", message, "--author", author] + (amend ? ["--amend"] : []))
    }

    private func git(_ arguments: String...) throws { try git(arguments) }

    private func git(_ arguments: [String]) throws {
        try LDAPTool.require(
            "git",
            ["-C", work, "-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "commit.gpgSign=false"]
                + arguments)
    }
}
