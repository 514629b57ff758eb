import ConnectorKit
import StrictJSON

/// The bytes of a directory's file: batches of lines, each closed by a line that vouches for it.
///
///     {"directory":{"format":1,"id":"6f1c..."}}
///     {"put":{"account":"ana@mountainlab.io","identity":"e-0002","kind":"account","state":"active"}}
///     {"commit":{"crc32":"8d5f1a02","lines":2}}
///
/// A batch is appended by one write and flushed before anybody hears of it, so a torn one at the end was never
/// promised and is dropped. A broken batch that others follow, or a broken first one, is damage.
struct DirectoryImage: Sendable {
    static let format: Int64 = 1

    /// Of the directory, chosen when it was made.
    private(set) var id: String?
    private(set) var contents = DirectoryContents()
    /// Bytes that whole batches fill; what lies behind is torn.
    private(set) var length = 0
    /// Lines read since the first batch; what compaction would save.
    private(set) var journaled = 0

    struct Damage: Error, Hashable {
        /// From 1, within the bytes that were read.
        let line: Int
        let message: String
    }

    init() {}

    /// Reads what follows on the bytes that were read before. After damage this image is not to be used any more.
    mutating func read(_ bytes: [UInt8]) throws(Damage) {
        let begin = length
        var batch = Batch()
        var start = 0
        var line = 0
        while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
            line += 1
            let text = bytes[start...end]
            start = end + 1
            let parsed = Self.parse(text.dropLast())
            guard case .commit? = parsed else {
                batch.add(parsed, text, at: line, isFirst: id == nil)
                continue
            }
            // Blocks that were never written read as zeros: a torn batch, if nothing comes after it.
            if batch.hasHole, start == bytes.count { break }
            if let damage = batch.damage { throw damage }
            guard text.elementsEqual(batch.commitLine) else { throw Damage(line: line, message: "a batch was altered") }
            commit(batch, through: begin + start)
            batch = Batch()
        }
        if let damage = batch.damage, !batch.hasHole { throw damage }
        guard id != nil, length > 0 else {
            throw batch.damage ?? Damage(line: max(1, line), message: "the file has no whole beginning")
        }
    }

    private struct Batch {
        var id: String?
        var entries: [DirectoryEntry] = []
        var checksum = CRC32()
        var lines = 0
        var damage: Damage?
        var hasHole = false

        var commitLine: [UInt8] { DirectoryImage.commitLine(checksum, lines: lines) }

        mutating func add(_ line: Line?, _ text: ArraySlice<UInt8>, at number: Int, isFirst: Bool) {
            checksum.update(text)
            lines += 1
            switch line {
            case .header(let id) where isFirst && self.id == nil && entries.isEmpty: self.id = id
            case .entry(let entry): entries.append(entry)
            case .header, .commit, nil:
                hasHole = hasHole || text.contains(0)
                damage = damage ?? Damage(line: number, message: "this is no line of a directory")
            }
        }
    }

    private mutating func commit(_ batch: Batch, through end: Int) {
        if let id = batch.id { self.id = id }
        for entry in batch.entries { contents.execute(entry) }
        if length > 0 { journaled += batch.entries.count }
        length = end
    }

    /// Hands the contents out to be changed in place, without a copy; ``adopt(_:id:length:journaled:)`` takes them back.
    mutating func takeContents() -> DirectoryContents {
        defer { contents = DirectoryContents() }
        return contents
    }

    mutating func adopt(_ contents: DirectoryContents, id: String, length: Int, journaled: Int) {
        self = DirectoryImage()
        self.contents = contents
        self.id = id
        self.length = length
        self.journaled = journaled
    }

    private enum Line {
        case header(id: String)
        case entry(DirectoryEntry)
        case commit
    }

    private static func parse(_ text: ArraySlice<UInt8>) -> Line? {
        let value: JSONValue
        do {
            value = try JSONParser.parse(text)
        } catch {
            return nil
        }
        if let header = value["directory"] {
            guard header["format"]?.integer == format, let id = header["id"]?.string else { return nil }
            return .header(id: id)
        }
        if value["commit"] != nil { return .commit }
        return DirectoryEntry(value).map { .entry($0) }
    }

    // MARK: Writing

    /// One batch.
    static func batch(_ entries: [DirectoryEntry]) -> [UInt8] { batch(lines: entries.map(\.line)) }

    /// The whole file anew, sorted, as one batch.
    static func whole(id: String, _ contents: DirectoryContents) -> [UInt8] {
        let header: JSONValue = ["directory": ["format": .integer(format), "id": .string(id)]]
        let facts = contents.facts(in: .everything).map { DirectoryEntry.put($0).line }
        return batch(lines: [header.canonicalBytes + [UInt8(ascii: "\n")]] + facts)
    }

    private static func batch(lines: [[UInt8]]) -> [UInt8] {
        var checksum = CRC32()
        for line in lines { checksum.update(line) }
        return lines.flatMap { $0 } + commitLine(checksum, lines: lines.count)
    }

    private static func commitLine(_ checksum: CRC32, lines: Int) -> [UInt8] {
        let commit: JSONValue = ["commit": ["crc32": .string(checksum.hex), "lines": .integer(Int64(lines))]]
        return commit.canonicalBytes + [UInt8(ascii: "\n")]
    }
}
