import AccessModel
import StrictJSON

/// What snapshots say of one person, and over which span of snapshots they said it.
public struct StatedRow: Hashable, Sendable {
    public let row: SnapshotRow
    /// As of when the first snapshot of the span held.
    public let statedFrom: Instant
    /// As of when the last one held, which may be the same.
    public var statedUntil: Instant
    /// When the first one came in: `left` without an end date counts from then.
    public let importedAt: Instant
    /// The snapshots did not name the person, whom ``row`` describes as last known: the person has left.
    public let isAbsence: Bool

    public init(
        row: SnapshotRow, statedFrom: Instant, statedUntil: Instant, importedAt: Instant, isAbsence: Bool = false
    ) {
        self.row = row
        self.statedFrom = statedFrom
        self.statedUntil = max(statedFrom, statedUntil)
        self.importedAt = importedAt
        self.isAbsence = isAbsence
    }

    public var id: PersonID { row.id }

    /// The first snapshot at or after `time` that said so, as far as `snapshots`, sorted, and the span's ends tell.
    func firstStatement(atOrAfter time: Instant, snapshots: [Instant]) -> Instant? {
        guard time > statedFrom else { return statedFrom }
        guard time <= statedUntil else { return nil }
        var low = 0
        var high = snapshots.count
        while low < high {
            let middle = (low + high) / 2
            if snapshots[middle] < time { low = middle + 1 } else { high = middle }
        }
        return low < snapshots.count ? min(snapshots[low], statedUntil) : statedUntil
    }
}

extension StatedRow {
    /// `{"person": {...}, "from": T, "until": T, "imported_at": T, "absent": true}`.
    public var json: JSONValue {
        var object = JSONObject()
        object["person"] = row.json
        object["from"] = .string(statedFrom.description)
        object["until"] = .string(statedUntil.description)
        object["imported_at"] = .string(importedAt.description)
        if isAbsence { object["absent"] = true }
        return .object(object)
    }

    /// Reads what ``json`` wrote; nil for anything else.
    public init?(json: JSONValue) {
        func time(_ name: String) -> Instant? { json[name]?.string.flatMap { Instant($0) } }
        guard let row = json["person"].flatMap({ SnapshotRow(json: $0) }), let from = time("from"),
            let until = time("until"), let importedAt = time("imported_at")
        else { return nil }
        self.init(
            row: row, statedFrom: from, statedUntil: until, importedAt: importedAt,
            isAbsence: json["absent"]?.bool ?? false)
    }
}

/// A second person agreed that a snapshot may bring somebody back who had left or was compromised.
public struct Release: Hashable, Sendable, Comparable {
    public let holdID: String
    /// When it was approved, and takes effect.
    public let at: Instant

    public init(holdID: String, at: Instant) {
        self.holdID = holdID
        self.at = at
    }

    public static func < (left: Release, right: Release) -> Bool { (left.at, left.holdID) < (right.at, right.holdID) }
}
