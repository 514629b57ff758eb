import Foundation

/// A working copy of the repository that holds the organisation's files, kept at the head of one branch by git itself.
public struct DefinitionCheckout: Sendable {
    private let url: String
    private let branch: String
    public let folder: String

    /// - Parameter folder: Where the copy is; made if it is not there.
    /// - Throws: ``InstallationError`` for what git would take for one of its options.
    public init(url: String, branch: String, folder: String) throws {
        guard !url.hasPrefix("-"), !branch.hasPrefix("-"), !branch.isEmpty else {
            throw InstallationError(
                code: .usage, operation: "follow the definitions", message: "neither address nor branch begins with `-`"
            )
        }
        self.url = url
        self.branch = branch
        self.folder = folder
    }

    /// Brings the copy to the branch's head. Blocks the thread; what was there is left as it is where that fails.
    ///
    /// - Returns: The commit's id.
    public func update() throws -> String {
        if !FileManager.default.fileExists(atPath: folder + "/.git") {
            try git(["clone", "--quiet", "--no-checkout", "--branch", branch, "--single-branch", "--", url, folder])
        } else {
            try git([
                "-C", folder, "fetch", "--quiet", "--force", "--", url,
                "+refs/heads/\(branch):refs/remotes/origin/\(branch)",
            ])
        }
        try git(["-C", folder, "checkout", "--quiet", "--force", "--detach", "refs/remotes/origin/\(branch)"])
        return try git(["-C", folder, "rev-parse", "HEAD"])
    }

    /// - Returns: What it printed.
    @discardableResult
    private func git(_ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["git", "-c", "core.hooksPath=/dev/null", "-c", "core.symlinks=false"] + arguments
        // Nobody is there to be asked, and no transport that runs a program of the address's choosing.
        let own = ["GIT_TERMINAL_PROMPT": "0", "GIT_ALLOW_PROTOCOL": "https:ssh:file", "LC_ALL": "C"]
        process.environment = ProcessInfo.processInfo.environment.merging(own) { _, own in own }
        let (output, errors) = (Pipe(), Pipe())
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let said = try output.fileHandleForReading.readToEnd() ?? Data()
        let complaint = try errors.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            let line = String(decoding: complaint.prefix(2_048), as: UTF8.self).split(whereSeparator: \.isNewline).last
            throw InstallationError(
                code: .file, operation: "follow the definitions: git \(arguments.first { !$0.hasPrefix("-") } ?? "")",
                message: Self.redacted(line.map(String.init) ?? "it failed"))
        }
        return String(decoding: said, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// An address may hold a password.
    private static func redacted(_ text: String) -> String {
        text.replacing(/:\/\/[^\/@\s]+@/, with: "://***@")
    }
}
