import ConnectorKit
import Forges
import Foundation

/// The files of the commit that is followed, in a folder: what the definitions name by relative paths, such as a target's
/// authorities, is read there. Definitions themselves are read from the repository alone.
///
/// Every file is there byte for byte as the repository holds it. A file that the repository did not change since is left as
/// it is, for a target may keep its own state in it.
struct PlacedFiles {
    private let folder: String
    private let git: GitProgram

    /// As large as a definition may be; what is named beside them is smaller.
    private static let sizeLimit = 1 << 20
    /// Bytes of all files together; the smallest come first.
    private static let totalLimit = 48 << 20
    private static let countLimit = 20_000
    /// Problems that are told one by one.
    private static let toldLimit = 10

    init(_ folder: String, _ git: GitProgram) {
        self.folder = folder
        self.git = git
    }

    /// - Returns: What was left out, and why.
    func place(_ commit: String, _ operation: String) async throws(ConnectorError) -> [String] {
        let known = PlacedList(at: listPath)
        guard known?.commit != commit else { return [] }
        let before: [PlacedList.Path: String]
        if let known { before = known.files } else { before = try await checkedOut(operation) }
        var problems: [String] = []
        let entries = choose(try await GitTree(git).entries(at: commit, operation: operation), &problems)
        guard let place = LinklessFolder(folder) else {
            throw failure("the folder `\(folder)` cannot be opened", operation)
        }
        let changed = entries.filter { before[PlacedList.Path($0.path)] != $0.id || !place.holds($0.path) }
        let files = try await GitTree(git).contents(of: changed, operation: operation)
        let now = Dictionary(entries.map { (PlacedList.Path($0.path), $0.id) }, uniquingKeysWith: { first, _ in first })
        // Should it end on the way, the next time knows what to take away, and what to write again.
        var underWay = before.merging(now) { _, new in new }
        for file in files { underWay[PlacedList.Path(file.path)] = "" }
        try write(PlacedList(commit: "", files: underWay), operation)
        for path in before.keys.filter({ now[$0] == nil }).sorted().map(\.text) {
            try attempt(path, operation, &problems) { () throws(LinklessFolder.Trouble) in try place.remove(path) }
        }
        for file in files {
            try attempt(file.path, operation, &problems) { () throws(LinklessFolder.Trouble) in
                try place.put(file.bytes, at: file.path)
            }
        }
        try write(PlacedList(commit: commit, files: now), operation)
        return problems.count <= Self.toldLimit
            ? problems : problems.prefix(Self.toldLimit) + ["\(problems.count - Self.toldLimit) more"]
    }

    private func choose(_ entries: [GitTree.Entry], _ problems: inout [String]) -> [GitTree.Entry] {
        var total = 0
        var chosen: [GitTree.Entry] = []
        for entry in entries.sorted(by: { ($0.size ?? 0, $0.path) < ($1.size ?? 0, $1.path) }) {
            guard entry.isRegular, let size = entry.size else {
                problems.append("`\(entry.path)`: this is not a regular file")
                continue
            }
            guard LinklessFolder.admits(entry.path) else {
                problems.append("`\(entry.path)`: no file is called so")
                continue
            }
            guard size <= Self.sizeLimit, total + size <= Self.totalLimit, chosen.count < Self.countLimit else {
                problems.append("`\(entry.path)`: it is too large, or one too many")
                continue
            }
            total += size
            chosen.append(entry)
        }
        return chosen
    }

    /// Paths of a commit that git checked out here once. What it made of their contents is not known.
    private func checkedOut(_ operation: String) async throws(ConnectorError) -> [PlacedList.Path: String] {
        let head = try await git.attempt(["rev-parse", "--verify", "--quiet", "HEAD^{commit}"], operation: operation)
        guard head.status == 0 else { return [:] }
        let entries = try await GitTree(git).entries(at: head.line, operation: operation)
        return Dictionary(
            entries.filter { LinklessFolder.admits($0.path) }.map { (PlacedList.Path($0.path), "") },
            uniquingKeysWith: { first, _ in first })
    }

    private func attempt(
        _ path: String, _ operation: String, _ problems: inout [String],
        _ body: () throws(LinklessFolder.Trouble) -> Void
    ) throws(ConnectorError) {
        do throws(LinklessFolder.Trouble) {
            try body()
        } catch {
            // What somebody else put there stands in the way for good; a full disk does not.
            guard error.isLasting else { throw failure("`\(path)` in `\(folder)`: \(error.message)", operation) }
            problems.append("`\(path)`: \(error.message)")
        }
    }

    private var listPath: String { folder + "/.git/tenure-files" }

    private func write(_ list: PlacedList, _ operation: String) throws(ConnectorError) {
        do {
            try Data(list.bytes).write(to: URL(filePath: listPath), options: .atomic)
        } catch {
            throw failure("`\(listPath)` cannot be written", operation)
        }
    }

    private func failure(_ message: String, _ operation: String) -> ConnectorError {
        ConnectorError(code: .targetFailure, operation: operation, message: message)
    }
}

/// Which files are placed, of which commit.
struct PlacedList: Hashable {
    /// Compared by its bytes, as the file system does.
    struct Path: Hashable, Comparable {
        let bytes: [UInt8]

        init(_ text: String) { bytes = Array(text.utf8) }

        var text: String { String(decoding: bytes, as: UTF8.self) }

        static func < (left: Path, right: Path) -> Bool { left.bytes.lexicographicallyPrecedes(right.bytes) }
    }

    /// Empty while files are being placed.
    let commit: String
    /// Git's name for the contents of each, by its path; empty where that is not known.
    let files: [Path: String]

    init(commit: String, files: [Path: String]) {
        self.commit = commit
        self.files = files
    }

    /// Nil where there is none, or none that can be read.
    init?(at path: String) {
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        var parts = data.split(separator: 0, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        // Each part ends in a zero byte: one that was cut off is no list.
        guard parts.popLast() == "", parts.count % 2 == 1 else { return nil }
        commit = parts[0]
        var files: [Path: String] = [:]
        for index in stride(from: 1, to: parts.count, by: 2) where LinklessFolder.admits(parts[index]) {
            files[Path(parts[index])] = parts[index + 1]
        }
        self.files = files
    }

    /// The commit, then each path and its contents' name, all ended by a zero byte.
    var bytes: [UInt8] {
        let parts = [commit] + files.sorted { $0.key < $1.key }.flatMap { [$0.key.text, $0.value] }
        return parts.flatMap { Array($0.utf8) + [0] }
    }
}
