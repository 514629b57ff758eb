import AccessModel

/// One word of HR, at its place in the order in which words count.
struct Statement: Comparable {
    enum Word {
        case event(HREvent)
        /// `against`: fields in which what events said later stands.
        case row(StatedRow, against: PersonFields)
        case release(Release)
    }

    let effective: Instant
    let said: Instant
    let word: Word
    /// Events before rows before releases; rows of one time in the order of the timeline.
    private let rank: Int

    init(event: HREvent) {
        effective = event.effective
        said = event.time
        word = .event(event)
        rank = -1
    }

    init(row: StatedRow, place: Int, at time: Instant, against fields: PersonFields) {
        effective = time
        said = time
        word = .row(row, against: fields)
        rank = place
    }

    init(release: Release) {
        effective = release.at
        said = release.at
        word = .release(release)
        rank = .max
    }

    static func < (left: Statement, right: Statement) -> Bool {
        if left.effective != right.effective { return left.effective < right.effective }
        if left.said != right.said { return left.said < right.said }
        if left.rank != right.rank { return left.rank < right.rank }
        guard case .event(let first) = left.word, case .event(let second) = right.word else { return false }
        return first < second
    }

    static func == (left: Statement, right: Statement) -> Bool { !(left < right) && !(right < left) }
}
