import AccessModel
import StrictJSON

/// What the offline verifier found in an export.
public struct VerificationReport: Hashable, Sendable {
    /// What is wrong first, and where.
    public struct Finding: Hashable, Sendable {
        public enum Code: String, Sendable {
            /// The first line is not that of an export, or is of another log.
            case header
            /// A line that is none of an export's.
            case line
            /// A record's leaf is not as its hash says, or no record in canonical form.
            case record
            /// A record is missing, or stands out of order.
            case order
            /// A record stands more than once.
            case duplicate
            /// A checkpoint that is not one, is of another log, or does not stand behind the records that it covers.
            case checkpoint
            /// A checkpoint that the key has not signed.
            case signature
            /// The records do not have the root that a checkpoint vouches for.
            case root
            /// The records differ from those that the checkpoint held by the reader vouches for.
            case forked
            /// The log ends before the checkpoint that is held by the reader.
            case behind
            /// The file ends before its end.
            case truncated
            /// The last line does not fit what stands before it, or something stands after it.
            case end
        }

        public let code: Code
        /// In the file, from 1.
        public let line: Int
        /// The first bad record, where it can be told exactly.
        public let record: Int?
        /// Otherwise the records among which the bad ones are.
        public let range: ClosedRange<Int>?
        public let message: String
    }

    public let origin: String
    /// How many records were read.
    public let records: Int
    /// How many records from the first on are genuine, whatever comes after them: a signed checkpoint vouches for them.
    public internal(set) var proven = 0
    /// The last checkpoint that vouches for records of the file.
    public internal(set) var checkpoint: Checkpoint?
    /// The times of the first and the last record that were read.
    public internal(set) var firstAt: Instant?
    public internal(set) var lastAt: Instant?
    /// Records that bear an earlier time than the one before them. A clock that was set back is not a forgery.
    public internal(set) var backwards = 0
    public internal(set) var firstBackwards: Int?
    /// Nil for a genuine log.
    public internal(set) var finding: Finding?

    init(origin: String, records: Int) {
        self.origin = origin
        self.records = records
    }

    public var isGenuine: Bool { finding == nil }
}

extension VerificationReport {
    /// `{"genuine", "origin", "records", "proven", "checkpoint", "first_at", "last_at", "clock_steps_back",
    /// "first_bad"}`.
    public var json: JSONValue {
        [
            "genuine": .bool(isGenuine), "origin": .string(origin), "records": .int(records),
            "proven": .int(proven),
            "checkpoint": checkpoint.map { ["size": .int($0.size), "root": .string($0.root.base64)] } ?? .null,
            "first_at": firstAt.map { .instant($0) } ?? .null, "last_at": lastAt.map { .instant($0) } ?? .null,
            "clock_steps_back": .int(backwards), "first_bad": finding?.json ?? .null,
        ]
    }

    /// For a person: what was found, then what it rests on.
    public var text: String {
        var lines: [String] = []
        if let finding {
            lines.append("NOT GENUINE: \(finding.text)")
            lines.append(
                proven == 0
                    ? "no record of this file is vouched for by a signed checkpoint before that"
                    : "records 0 to \(proven - 1) are genuine: a signed checkpoint vouches for them")
        } else {
            lines.append("genuine: \(records) records of \(origin)")
            if let checkpoint { lines.append("root \(checkpoint.root.base64) at size \(checkpoint.size)") }
        }
        if let firstAt, let lastAt { lines.append("from \(firstAt) to \(lastAt)") }
        if let firstBackwards {
            lines.append("note: the clock went back \(backwards) times, first at record \(firstBackwards)")
        }
        return lines.joined(separator: "\n")
    }
}

extension VerificationReport.Finding {
    public var json: JSONValue {
        [
            "code": .string(code.rawValue), "line": .int(line), "record": record.map { .int($0) } ?? .null,
            "range": range.map { [.int($0.lowerBound), .int($0.upperBound)] } ?? .null,
            "message": .string(message),
        ]
    }

    public var text: String {
        let place =
            if let record {
                "record \(record), line \(line)"
            } else if let range {
                "between records \(range.lowerBound) and \(range.upperBound), line \(line)"
            } else {
                "line \(line)"
            }
        return "\(place): \(message)"
    }
}
