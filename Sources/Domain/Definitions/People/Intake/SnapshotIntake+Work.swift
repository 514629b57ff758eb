import AccessModel

extension SnapshotIntake {
    /// One snapshot on its way through the people, both sorted by id.
    struct Work {
        let intake: SnapshotIntake
        let asOf: Instant
        /// As of when the newest snapshot held before.
        let previous: Instant?
        /// When the effect is looked at: at once, or when a snapshot from the future comes to count.
        let moment: Instant
        var decision: IntakeDecision
        private var counted: [StatedRow] = []
        private var countedUnchanged: Set<PersonID> = []
        private var returning: [StatedRow] = []
        private var endingLater = 0

        init(intake: SnapshotIntake, snapshot: HRSnapshot, previous: Instant?) {
            self.intake = intake
            asOf = snapshot.asOf
            self.previous = previous
            moment = max(intake.importedAt, snapshot.asOf)
            decision = IntakeDecision(asOf: snapshot.asOf)
        }

        mutating func merge(_ rows: [SnapshotRow], _ known: [PersonTimeline]) {
            var index = 0
            for row in rows {
                while index < known.count, known[index].id < row.id {
                    absent(known[index])
                    index += 1
                }
                if index < known.count, known[index].id == row.id {
                    present(row, known[index])
                    index += 1
                } else {
                    decision.accepted.append(stated(row))
                    decision.joined.append(row.id)
                }
            }
            for timeline in known[index...] { absent(timeline) }
        }

        private func stated(_ row: SnapshotRow, isAbsence: Bool = false) -> StatedRow {
            StatedRow(
                row: row, statedFrom: asOf, statedUntil: asOf, importedAt: intake.importedAt, isAbsence: isAbsence)
        }

        private mutating func present(_ row: SnapshotRow, _ timeline: PersonTimeline) {
            let before = timeline.state(at: moment, in: intake.days)
            if before?.isActive == true { decision.activeBefore += 1 }
            let isSame = timeline.rows.last.map { !$0.isAbsence && $0.row == row && isCurrent($0) } ?? false
            guard !isSame || !timeline.events.isEmpty else {
                decision.unchanged.append(row.id)
                return
            }
            let stated = stated(row)
            if bringsBack(row, timeline) {
                returning.append(stated)
                return
            }
            take(stated, timeline, before: before, isSame: isSame)
        }

        /// Whether the snapshot before this one said it: else the row was held, and its span has a gap.
        private func isCurrent(_ row: StatedRow) -> Bool { previous.map { row.statedUntil >= $0 } ?? true }

        private func bringsBack(_ row: SnapshotRow, _ timeline: PersonTimeline) -> Bool {
            guard row.person.status != .left, !timeline.decidesStatus(against: asOf),
                let then = timeline.state(at: asOf, in: intake.days)
            else { return false }
            return then.presence == .left || then.presence == .compromised
        }

        private mutating func absent(_ timeline: PersonTimeline) {
            let before = timeline.state(at: moment, in: intake.days)
            if before?.isActive == true { decision.activeBefore += 1 }
            if let last = timeline.rows.last, last.isAbsence, isCurrent(last), timeline.events.isEmpty {
                decision.unchanged.append(timeline.id)
                return
            }
            guard let then = timeline.state(at: asOf, in: intake.days), then.presence != .left,
                !timeline.decidesStatus(against: asOf)
            else { return }
            // Somebody who was only announced may not be in the snapshots yet.
            if case .notStarted = then.presence, timeline.rows.isEmpty { return }
            let row = timeline.rows.last { !$0.isAbsence }?.row ?? SnapshotRow(then.person)
            take(stated(row, isAbsence: true), timeline, before: before, isSame: false)
        }

        private mutating func take(
            _ stated: StatedRow, _ timeline: PersonTimeline, before: PersonState?, isSame: Bool
        ) {
            if before?.isActive == true, removes(stated, timeline) {
                counted.append(stated)
                if isSame { countedUnchanged.insert(stated.id) }
            } else {
                accept(stated, isSame: isSame)
            }
        }

        private mutating func accept(_ stated: StatedRow, isSame: Bool) {
            if isSame {
                decision.unchanged.append(stated.id)
            } else {
                decision.accepted.append(stated)
            }
        }

        /// Whether somebody active goes because of the row, at once or on a date that was not known a day before.
        private mutating func removes(_ stated: StatedRow, _ timeline: PersonTimeline) -> Bool {
            let after = timeline.adding(stated)
            guard isActive(after, at: moment) else { return true }
            let tomorrow = moment + .days(1)
            if isActive(timeline, at: tomorrow), !isActive(after, at: tomorrow) { return true }
            if let end = stated.row.end?.end(in: intake.days), isActive(timeline, at: end), !isActive(after, at: end) {
                endingLater += 1
            }
            return false
        }

        private func isActive(_ timeline: PersonTimeline, at time: Instant) -> Bool {
            timeline.state(at: time, in: intake.days)?.isActive == true
        }

        mutating func finish(recentRemovals: [CountedRemoval]) -> IntakeDecision {
            let since = intake.importedAt - RemovalGuard.window
            let recent = Set(recentRemovals.filter { $0.at > since }.map(\.person))
            let people = recent.union(counted.map(\.id))
            if !counted.isEmpty, intake.guards.holds(people: people.count, of: decision.activeBefore) {
                let first = intake.guards.guards.firstPerson(among: Set(counted.map(\.id)), recent: recent)
                let held = counted.filter { $0.id != first }
                remove(counted.filter { $0.id == first })
                if !held.isEmpty { hold(.removals, held, removalMessage(people.count, first: first)) }
            } else {
                remove(counted)
            }
            if !returning.isEmpty { hold(.returns, returning, returnMessage) }
            warnOfEnds()
            return decision
        }

        private mutating func remove(_ rows: [StatedRow]) {
            for stated in rows {
                accept(stated, isSame: countedUnchanged.contains(stated.id))
                decision.removals.append(CountedRemoval(person: stated.id, at: intake.importedAt))
            }
        }

        private mutating func hold(_ reason: IntakeHold.Reason, _ rows: [StatedRow], _ message: String) {
            decision.holds.append(IntakeHold(reason: reason, rows: rows, message: message))
            decision.diagnostics.append(
                FeedProblem(severity: .warning, code: "held-\(reason.rawValue)", message: message))
        }

        private func removalMessage(_ inHour: Int, first: PersonID?) -> String {
            let guards = intake.guards.guards
            let limit = guards.maximumRemovalsPercent
            let percent = limit == limit.rounded() ? "\(Int(limit))" : "\(limit)"
            let together = inHour > counted.count ? " (\(inHour) within the hour)" : ""
            let goes = first.map { ", all but `\($0)`, who goes as the first of the hour" } ?? ""
            return "the snapshot would take out \(counted.count) of \(decision.activeBefore) active people\(together); "
                + "more than \(guards.maximumRemovalsPeople) people or \(percent) % wait for a "
                + "second person\(goes); look at `tenure hold list`, then approve the hold, or correct the feed and "
                + "import it again"
        }

        private var returnMessage: String {
            "the snapshot names \(returning.count) people as here who left or were compromised; a snapshot alone does "
                + "not bring them back: send a `rehired` or `returned` event, or approve the hold"
        }

        private mutating func warnOfEnds() {
            guard intake.guards.holds(people: endingLater, of: decision.activeBefore) else { return }
            let message =
                "the snapshot sets or brings forward the last day of \(endingLater) active people; nothing is held, as "
                + "the dates lie more than a day ahead; look whether HR meant it"
            decision.diagnostics.append(FeedProblem(severity: .warning, code: "many-ends", message: message))
        }
    }
}
