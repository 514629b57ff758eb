import AccessModel
import Definitions

extension PersonState {
    /// `active`, or since or until when not.
    var presenceText: String {
        switch presence {
        case .active: person.endDate.map { "active until \($0)" } ?? "active"
        case .notStarted(let day): "starts \(day)"
        case .suspended: "suspended"
        case .left: "left"
        case .compromised: "compromised"
        case .ended(let day): "ended \(day)"
        }
    }

    /// How things stand and by whose word; a date speaks for itself.
    var presenceReason: String {
        switch presence {
        case .notStarted, .ended: presenceText
        case .active, .suspended, .left, .compromised: "\(presenceText), by \(presenceCause)"
        }
    }
}
