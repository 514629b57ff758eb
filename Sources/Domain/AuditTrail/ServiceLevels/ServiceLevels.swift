import AccessModel
import StrictJSON

/// Computes the numbers that Tenure watches about itself from its records alone, in one pass.
///
/// It keeps what is open: a little for each open case, each target and each residual, and eight bytes for each case
/// that has ended. Records are handed over in the order of the log, from its first on, so that cases which were opened
/// before the window are known.
///
/// M1, M2, M3 and M10 count the cases that ended in `[from, to)`: validated or cancelled; and those that are open at
/// `to` and stand badly: with a failed change (M3, M10), or over the time that they should have taken (M1, M2, with the
/// time that they have taken so far). M4, M5 and M8 say how things stand at `to`.
public struct ServiceLevels {
    private static let provisionSeconds = 900
    private static let revokeSeconds = 300

    private let from: Instant
    private let to: Instant
    private var open: [String: OpenCase] = [:]
    private var provisioning: [Int64] = []
    private var revoking: [Int64] = []
    private var ended = CaseCount()
    private var drift: [String: Drift] = [:]
    /// Of targets that hold credentials.
    private var stale: [String: Int] = [:]
    private var residuals: [Residual: Int] = [:]
    private var residualChecks = 0
    private var emergencies: [Quarter: Int] = [:]
    private var decisions = 0
    private var denials = 0

    /// The window is half-open: `[from, to)`.
    public init(from: Instant, to: Instant) {
        self.from = from
        self.to = to
    }

    public static func compute(records: some Sequence<Record>, from: Instant, to: Instant) -> SLIReport {
        var levels = ServiceLevels(from: from, to: to)
        for record in records { levels.add(record) }
        return levels.report()
    }

    /// The next record of the log. One from `to` on is passed over, and so is one that cannot be read.
    public mutating func add(_ record: Record) {
        guard record.at < to, let type = record.known else { return }
        switch type {
        case .targetObserved: observed(record.body)
        case .residualChecked: residual(record.body)
        case .glassBroken:
            if record.at >= from, record.body["activation"]?.string != nil {
                emergencies[Quarter(record.at), default: 0] += 1
            }
        case .policyDecided:
            guard record.at >= from, let verdict = record.body["verdict"]?.string else { return }
            decisions += 1
            if verdict == "denied" { denials += 1 }
        case .caseOpened: opened(record)
        default:
            guard let id = record.caseID, open[id] != nil else { return }
            guard let ending = open[id]?.add(record, type) else { return }
            if let closed = open.removeValue(forKey: id) { close(closed, ending, at: record.at) }
        }
    }

    /// The numbers as of the records that were added. More may be added afterwards.
    public func report() -> SLIReport {
        var final = self
        for standing in open.values { final.count(standing: standing) }
        return SLIReport(
            from: from, to: to,
            m1: Latency("time to provision", samples: final.provisioning, targetSeconds: Self.provisionSeconds),
            m2: Latency("time to revoke, critical targets", samples: final.revoking, targetSeconds: Self.revokeSeconds),
            m3: .atLeast("provision success", final.ended.succeeded, of: final.ended.total, target: 99.5),
            m4: Self.ratio(of: drift.values),
            m5: .none("stale credentials", stale.values.reduce(0, +), n: stale.count, unit: .credentials),
            m6: .atMost(
                "emergency access in a quarter", final.emergencies.values.max() ?? 0,
                n: final.emergencies.values.reduce(0, +), target: 2, unit: .activations),
            m8: .none("leaver residual access", residuals.values.reduce(0, +), n: residualChecks),
            m9: .counted("policy denials", final.denials, n: final.decisions, unit: .decisions),
            m10: .below("manual interventions", final.ended.manual, of: final.ended.total, target: 5))
    }

    private static func ratio(of drift: some Collection<Drift>) -> Share {
        let facts = drift.reduce(0) { $0 + $1.facts }
        let differing = drift.reduce(0) { $0 + $1.differing }
        // Nothing should hold anywhere and something does: all of it is drift.
        return .below("drift", differing, of: facts == 0 ? differing : facts, target: 1, n: drift.count)
    }
}

extension ServiceLevels {
    /// How much is kept.
    var openCases: Int { open.count }
    var openResiduals: Int { residuals.count }
}

// MARK: cases

extension ServiceLevels {
    private mutating func opened(_ record: Record) {
        guard let id = record.caseID, let kind = record.body["kind"]?.string.flatMap(Case.Kind.init(rawValue:)),
            let causedAt = record.body["caused_at"]?.string.flatMap({ Instant($0) })
        else { return }
        open[id] = OpenCase(kind: kind, causedAt: causedAt)
    }

    private mutating func close(_ closed: OpenCase, _ ending: OpenCase.Ending, at: Instant) {
        if let revokedAt = closed.revokedAt { add(revokedAt, since: closed.causedAt, to: \.revoking) }
        guard at >= from else { return }
        let isWhole = ending == .validated && closed.isWhole
        if closed.kind == .joiner, ending == .validated { add(at, since: closed.causedAt, to: \.provisioning) }
        ended.add(isSuccess: isWhole, isManual: closed.isManual)
    }

    /// A case that is open at `to`.
    private mutating func count(standing: OpenCase) {
        let soFar = (to - standing.causedAt).milliseconds
        if let revokedAt = standing.revokedAt {
            add(revokedAt, since: standing.causedAt, to: \.revoking)
        } else if standing.kind == .leaver, standing.awaitsRevocation, soFar > Int64(Self.revokeSeconds) * 1_000 {
            revoking.append(soFar)
        }
        if standing.kind == .joiner, soFar > Int64(Self.provisionSeconds) * 1_000 { provisioning.append(soFar) }
        if !standing.failing.isEmpty { ended.add(isSuccess: false, isManual: standing.isManual) }
    }

    private mutating func add(_ at: Instant, since: Instant, to samples: WritableKeyPath<Self, [Int64]>) {
        guard at >= from else { return }
        self[keyPath: samples].append(max(0, (at - since).milliseconds))
    }
}

// MARK: targets

extension ServiceLevels {
    private struct Residual: Hashable {
        let person: String
        let target: String
    }

    /// Of the calendar, in UTC.
    private struct Quarter: Hashable {
        let year: Int
        let quarter: Int

        init(_ moment: Instant) {
            let day = CalendarDay(daysSinceEpoch: Int(moment.milliseconds / 86_400_000))
            year = day.year
            quarter = (day.month - 1) / 3
        }
    }

    struct Drift {
        let facts: Int
        let differing: Int
    }

    private struct CaseCount {
        var succeeded = 0
        var manual = 0
        var total = 0

        mutating func add(isSuccess: Bool, isManual: Bool) {
            total += 1
            if isSuccess { succeeded += 1 }
            if isManual { manual += 1 }
        }
    }

    /// The latest complete observation of a target counts; a partial one says nothing of absence.
    private mutating func observed(_ body: JSONValue) {
        guard let target = body["target"]?.string, body["complete"]?.bool == true,
            let facts = Self.count(body["facts"]), let missing = Self.count(body["missing"]),
            let extra = Self.count(body["extra"])
        else { return }
        stale[target] = Self.count(body["stale_credentials"])
        drift[target] = Drift(facts: facts, differing: missing + extra)
    }

    private mutating func residual(_ body: JSONValue) {
        guard let person = body["person"]?.string, let target = body["target"]?.string,
            let residual = Self.count(body["residual"])
        else { return }
        residualChecks += 1
        // A later check of the same person and target replaces the earlier one; none left, none kept.
        residuals[Residual(person: person, target: target)] = residual == 0 ? nil : residual
    }

    /// A log is read as anything else from outside: a number that no count can be is no count.
    private static func count(_ value: JSONValue?) -> Int? {
        guard let value = value?.integer, (0...(1 << 40)).contains(value) else { return nil }
        return Int(value)
    }
}
