import AccessModel
import ConnectorKit

/// Reads what a commit holds, out of the repository itself: no file is written, so none can be a link that leads away,
/// and nothing that the commit says of filters, hooks or submodules is heeded.
public struct GitTree: Sendable {
    /// One name in a commit's tree.
    public struct Entry: Hashable, Sendable {
        /// From the top of the repository.
        public let path: String
        /// As git writes it: `100644`.
        public let mode: String
        /// Bytes; nil for what is no file.
        public let size: Int?
        /// Git's name for the contents: the same bytes have the same.
        public let id: String

        public var isRegular: Bool { mode.hasPrefix("100") }
        public var isLink: Bool { mode == "120000" }
    }

    public struct File: Hashable, Sendable {
        public let path: String
        public let bytes: [UInt8]
    }

    /// More names than this are no organisation's.
    public static let entryLimit = 200_000

    private let git: GitProgram

    public init(_ git: GitProgram) { self.git = git }

    /// Every name below a folder; nil for all of the repository. A name that is not UTF-8 is left out.
    public func entries(
        at commit: String, under folder: String? = nil, operation: String
    ) async throws(ConnectorError) -> [Entry] {
        let listing = try await git.run(
            ["ls-tree", "-r", "-l", "-z", "--full-tree", commit] + (folder.map { ["--", $0 + "/"] } ?? []),
            operation: operation
        ).output
        var entries: [Entry] = []
        for line in listing.split(separator: 0) {
            let parts = line.split(separator: UInt8(ascii: "\t"), maxSplits: 1)
            guard parts.count == 2, let path = String(validating: parts[1], as: UTF8.self) else { continue }
            let words = String(decoding: parts[0], as: UTF8.self).split(separator: " ").map(String.init)
            guard words.count == 4 else { continue }
            entries.append(Entry(path: path, mode: words[0], size: Int(words[3]), id: words[2]))
            guard entries.count <= Self.entryLimit else {
                throw ConnectorError(
                    code: .invalid, operation: operation,
                    message: "the commit holds more than \(Self.entryLimit) files")
            }
        }
        return entries
    }

    /// The contents of those that `isWanted`.
    public func files(
        at commit: String, under folder: String? = nil, operation: String, _ isWanted: (Entry) -> Bool
    ) async throws(ConnectorError) -> [File] {
        try await contents(
            of: entries(at: commit, under: folder, operation: operation).filter(isWanted), operation: operation)
    }

    public func contents(of entries: [Entry], operation: String) async throws(ConnectorError) -> [File] {
        guard !entries.isEmpty else { return [] }
        let input = Array(entries.map { $0.id + "\n" }.joined().utf8)
        let output = try await git.run(["cat-file", "--batch"], input: input, operation: operation).output
        let blobs = Self.blobs(output)
        guard blobs.count == entries.count else {
            throw ConnectorError(code: .targetFailure, operation: operation, message: "a file could not be read")
        }
        return zip(entries, blobs).map { File(path: $0.path, bytes: $1) }
    }

    /// Out of `ID blob SIZE`, a line feed, the bytes, and a line feed, each.
    private static func blobs(_ output: [UInt8]) -> [[UInt8]] {
        var blobs: [[UInt8]] = []
        var rest = output[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            let words = String(decoding: rest[..<end], as: UTF8.self).split(separator: " ")
            guard words.count == 3, let size = Int(words[2]), rest.endIndex - end > size + 1 else { break }
            blobs.append(Array(rest[(end + 1)..<(end + 1 + size)]))
            rest = rest[(end + 2 + size)...]
        }
        return blobs
    }
}
