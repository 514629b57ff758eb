import AccessModel
import StrictJSON

/// A time that is measured, and what it should be.
public struct Latency: Hashable, Sendable {
    public let name: String
    /// How many were measured.
    public let n: Int
    /// Nearest rank, in milliseconds; nil when nothing was measured.
    public let p50: Int64?
    public let p95: Int64?
    public let targetSeconds: Int

    init(_ name: String, samples: [Int64], targetSeconds: Int) {
        self.name = name
        self.targetSeconds = targetSeconds
        let sorted = samples.sorted()
        n = sorted.count
        func rank(_ percent: Int) -> Int64? {
            sorted.isEmpty ? nil : sorted[(sorted.count * percent + 99) / 100 - 1]
        }
        p50 = rank(50)
        p95 = rank(95)
    }

    /// Whether 95 of 100 took no longer than they should.
    public var ok: Bool { p95.map { $0 <= Int64(targetSeconds) * 1_000 } ?? true }

    /// `{"name", "n", "p50_s", "p95_s", "target_s", "ok"}`.
    public var json: JSONValue {
        func seconds(_ value: Int64?) -> JSONValue {
            guard let value else { return .null }
            return value % 1_000 == 0 ? .integer(value / 1_000) : .number(Double(value) / 1_000)
        }
        return [
            "name": .string(name), "n": .int(n), "p50_s": seconds(p50), "p95_s": seconds(p95),
            "target_s": .int(targetSeconds), "ok": .bool(ok),
        ]
    }
}

/// A share in percent or a count, and what it should be.
public struct Share: Hashable, Sendable {
    public enum Unit: String, Sendable {
        case percent, facts, credentials, activations, decisions
    }

    public let name: String
    /// How many were measured.
    public let n: Int
    /// Nil when nothing was measured.
    public let value: Double?
    /// Nil where any value is as it should be.
    public let target: Double?
    public let unit: Unit
    public let ok: Bool

    private init(_ name: String, n: Int, value: Double?, target: Double?, unit: Unit, isMet: (Double) -> Bool) {
        self.name = name
        self.n = n
        self.value = value
        self.target = target
        self.unit = unit
        ok = value.map(isMet) ?? true
    }

    static func atLeast(_ name: String, _ part: Int, of whole: Int, target: Double) -> Share {
        Share(name, n: whole, value: percent(part, of: whole), target: target, unit: .percent) { $0 >= target }
    }

    static func below(_ name: String, _ part: Int, of whole: Int, target: Double, n: Int? = nil) -> Share {
        let value = n.map { $0 > 0 && whole == 0 ? 0 : percent(part, of: whole) } ?? percent(part, of: whole)
        return Share(name, n: n ?? whole, value: value, target: target, unit: .percent) { $0 < target }
    }

    static func none(_ name: String, _ count: Int, n: Int, unit: Unit = .facts) -> Share {
        Share(name, n: n, value: n == 0 ? nil : Double(count), target: 0, unit: unit) { $0 == 0 }
    }

    static func atMost(_ name: String, _ count: Int, n: Int, target: Double, unit: Unit) -> Share {
        Share(name, n: n, value: n == 0 ? nil : Double(count), target: target, unit: unit) { $0 <= target }
    }

    /// A number that is watched and has no bound.
    static func counted(_ name: String, _ count: Int, n: Int, unit: Unit) -> Share {
        Share(name, n: n, value: n == 0 ? nil : Double(count), target: nil, unit: unit) { _ in true }
    }

    private static func percent(_ part: Int, of whole: Int) -> Double? {
        whole == 0 ? nil : 100 * Double(part) / Double(whole)
    }

    /// `{"name", "n", "value", "unit", "target", "ok"}`; the value is rounded to four decimals.
    public var json: JSONValue {
        [
            "name": .string(name), "n": .int(n),
            "value": value.map { .number(($0 * 10_000).rounded() / 10_000) } ?? .null,
            "unit": .string(unit.rawValue), "target": target.map { .number($0) } ?? .null, "ok": .bool(ok),
        ]
    }
}

/// The numbers that Tenure watches about itself, as its log gives them.
public struct SLIReport: Hashable, Sendable {
    public let from: Instant
    public let to: Instant
    /// Time to provision: joiner cases, from the cause to `validated`.
    public let m1: Latency
    /// Time to revoke: leaver cases, from the cause until the last revocation on a critical target was read back.
    public let m2: Latency
    /// Cases that ended with all of their changes in place. A partial success is a failure.
    public let m3: Share
    /// Facts that differ in the latest complete observation of each target.
    public let m4: Share
    /// Credentials older than they may get, in the latest complete observation of each target that holds any.
    public let m5: Share
    /// The most breaks of the glass in one calendar quarter of the span.
    public let m6: Share
    /// Facts of leavers that the latest check still saw.
    public let m8: Share
    /// What policy denied, of all that it was asked about access.
    public let m9: Share
    /// Cases in which a person had to step in.
    public let m10: Share

    /// Whether every number is as it should be.
    public var ok: Bool { m1.ok && m2.ok && m3.ok && m4.ok && m5.ok && m6.ok && m8.ok && m9.ok && m10.ok }

    /// `{"M1": {...}, "M2": ..., "M3": ..., "M4": ..., "M5": ..., "M6": ..., "M8": ..., "M9": ..., "M10": ...}`.
    public var json: JSONValue {
        [
            "M1": m1.json, "M2": m2.json, "M3": m3.json, "M4": m4.json, "M5": m5.json, "M6": m6.json, "M8": m8.json,
            "M9": m9.json, "M10": m10.json,
        ]
    }

    /// A table for a person.
    public var text: String {
        let header = ["", "measure", "n", "measured", "should be", ""]
        let latencies = [("M1", m1), ("M2", m2)].map { key, latency in
            [
                key, latency.name, String(latency.n), Self.text(latency), "p95 at most \(latency.targetSeconds) s",
                latency.ok ? "ok" : "MISSED",
            ]
        }
        let shares = [
            ("M3", m3, "at least"), ("M4", m4, "below"), ("M5", m5, ""), ("M6", m6, "at most"), ("M8", m8, ""),
            ("M9", m9, ""),
            ("M10", m10, "below"),
        ].map {
            key, share, relation in
            [
                key, share.name, String(share.n), share.value.map { Self.text($0, share.unit) } ?? "-",
                share.target.map { (relation.isEmpty ? "" : relation + " ") + Self.text($0, share.unit) } ?? "-",
                share.ok ? "ok" : "MISSED",
            ]
        }
        return "from \(from) to \(to)\n" + Self.table([header] + latencies + shares)
    }

    private static func text(_ latency: Latency) -> String {
        guard let p50 = latency.p50, let p95 = latency.p95 else { return "-" }
        return "p50 \(decimal(Double(p50) / 1_000)) s, p95 \(decimal(Double(p95) / 1_000)) s"
    }

    private static func text(_ value: Double, _ unit: Share.Unit) -> String {
        unit == .percent ? "\(decimal(value)) %" : decimal(value)
    }

    /// At most two decimals.
    private static func decimal(_ value: Double) -> String {
        JSONValue.number((value * 100).rounded() / 100).compactText
    }

    private static func table(_ rows: [[String]]) -> String {
        let widths = (0..<6).map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let cells = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
            let line = cells.joined(separator: "  ")
            return String(line.reversed().drop { $0 == " " }.reversed())
        }.joined(separator: "\n")
    }
}
