import AccessModel

/// Everybody whom HR knew at one moment: a feed that was proven whole.
///
/// That it is here is the proof: the feed was read to its end, stated how many people it holds, and held as many;
/// every field is within its grammar, and ids differ. Only so may somebody's absence count. Two people who have not left
/// may share an address: an entry of a list that has it is in error then, and a warning names both.
public struct HRSnapshot: Sendable {
    public enum Format: String, Sendable {
        case csv, json
    }

    /// What became of a feed.
    public enum Reading: Sendable {
        case whole(HRSnapshot, warnings: [FeedProblem])
        case refused(FeedRefusal)

        public var snapshot: HRSnapshot? { if case .whole(let snapshot, _) = self { snapshot } else { nil } }

        public var refusal: FeedRefusal? { if case .refused(let refusal) = self { refusal } else { nil } }
    }

    /// As of when it holds.
    public let asOf: Instant
    /// Sorted by id.
    public let rows: [SnapshotRow]

    public var count: Int { rows.count }

    /// Bytes that a feed may have.
    public static let maximumSize = 256 << 20

    /// The caller vouches for the rows; they need not be sorted, and ids must differ.
    init(asOf: Instant, rows: [SnapshotRow]) {
        self.asOf = asOf
        self.rows = rows.isSorted(by: { $0.person.id }) ? rows : rows.sorted { $0.id < $1.id }
    }

    /// Reads a feed; without a format it is JSON if it begins with `{`, else CSV. All problems are found in one go.
    public static func read(_ bytes: [UInt8], format: Format? = nil, rules: FeedRules) -> Reading {
        guard bytes.count <= maximumSize else {
            return refused("feed-too-large", "\(bytes.count) bytes are too many; at most \(maximumSize) are taken")
        }
        guard let first = bytes.first(where: { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }) else {
            return refused("empty-feed", "the feed is empty; expected \(PersonField.header.count) columns and a count")
        }
        guard !bytes.starts(with: [0xEF, 0xBB, 0xBF]) else {
            return refused("byte-order-mark", "a byte order mark is not taken; export UTF-8 without one")
        }
        switch format ?? (first == UInt8(ascii: "{") ? .json : .csv) {
        case .csv: return SnapshotCSV.read(bytes, rules: rules)
        case .json: return SnapshotJSON.read(bytes, rules: rules)
        }
    }

    private static func refused(_ code: String, _ message: String) -> Reading {
        .refused(FeedRefusal(problems: [FeedProblem(code: code, line: 1, column: 1, message: message)]))
    }
}

extension Array {
    /// Looks at one part of each element only: an element may be a large value, dear to copy.
    @inline(__always)
    func isSorted<Key: Comparable>(by key: (borrowing Element) -> Key) -> Bool {
        guard var last = first.map({ key($0) }) else { return true }
        for index in indices.dropFirst() {
            let next = key(self[index])
            if next < last { return false }
            last = next
        }
        return true
    }
}
