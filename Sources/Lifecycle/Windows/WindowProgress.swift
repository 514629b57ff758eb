import AccessModel
import AuditTrail
import Persistence

/// Moves windows on by what was seen in the targets, each step with its record.
struct WindowProgress {
    let context: LifecycleContext
    let session: any SQLSession

    private var store: WindowStore { WindowStore(session) }

    /// Writes down what a plan found: windows whose person has lost them, and where each is to be seen from now on.
    func note(_ plan: WindowPlan, lost: [String], _ records: inout [Record]) throws {
        let known = Dictionary(plan.windows.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        var gone: Set<String> = []
        for id in lost {
            guard var window = known[id], try store.lose(id, at: context.now) else { continue }
            gone.insert(id)
            window.state = .lost
            window.lostAt = context.now
            let reason = "the person is not here, not eligible any more, or took another post since it was asked for"
            records.append(
                .accessWindow(
                    .accessLost, context.ownRecord(about: window.person.text, caseID: caseID(window)), window.mention,
                    reason: reason))
            try notify(.lost, window)
        }
        let moved = plan.progress(lost: Set(lost), at: context).map { window in
            var window = window
            if gone.contains(window.id) { window.state = .lost }
            return window
        }
        try store.advance(moved)
    }

    /// Opens what every target shows, and closes what none shows any more, by what was read back.
    func settle(_ records: inout [Record]) throws {
        let now = context.now
        let open = try store.unsettled().filter { $0.state != .scheduled }
        let waiting = open.filter { $0.state == .opening ? $0.isLive(at: now) : $0.isOver(at: now) }
        guard !waiting.isEmpty else { return }
        let seen = try HoldingStore(session).held(waiting.flatMap(\.places))
        var moved: [AccessWindow] = []
        for var window in waiting {
            if window.state == .opening {
                guard window.places.allSatisfy({ seen[$0] != nil }) else { continue }
                window.state = .open
                window.openedAt = now
                try tell(.accessOpened, .opened, window, &records)
            } else {
                guard window.places.allSatisfy({ seen[$0] == nil }) else { continue }
                if window.state != .lost { window.state = .closed }
                window.closedAt = now
                try tell(.accessClosed, .closed, window, &records)
            }
            moved.append(window)
        }
        try store.advance(moved)
    }

    private func tell(
        _ type: RecordType, _ kind: Notice.Kind, _ window: AccessWindow, _ records: inout [Record]
    ) throws {
        let targets = Set(window.places.map(\.target)).sorted().map(\.text)
        records.append(
            .accessWindow(
                type, context.ownRecord(about: window.person.text, caseID: caseID(window)), window.mention,
                targets: type == .accessOpened ? targets : nil))
        try notify(kind, window)
    }

    private func notify(_ kind: Notice.Kind, _ window: AccessWindow) throws {
        try context.notices.put(
            Notice(
                kind, at: context.now, person: window.person, to: [window.person], subject: window.id,
                body: window.json), in: session)
    }

    /// Everything about broken glass is found under its activation.
    private func caseID(_ window: AccessWindow) -> String? { window.isEmergency ? window.id : nil }
}
